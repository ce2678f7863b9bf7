import { baseName } from '../../catalog/path-selection.ts';
import type { ModelDetails } from './facts.ts';
import { parseGguf } from './parse-gguf.ts';
import { parseKerasHdf5, parseTflite } from './parse-hdf5.ts';
import { parseOnnx } from './parse-onnx.ts';
import { parsePickleFile } from './parse-pickle-file.ts';
import { isSafetensorsHead, parseSafetensors } from './parse-safetensors.ts';
import { parseSavedModel } from './parse-saved-model.ts';
import { parseTorchZip } from './parse-torch-zip.ts';
import type { Pull } from './pull.ts';

/** How a file is read that is, or may be, a model. */
export interface ModelFormat {
  /** See `ModelRecord.format`. */
  readonly name: string;
  /** Whether name and first bytes prove it: a defect is then a problem, else the file is something other. */
  readonly certain: boolean;
  parse(details: ModelDetails): Pull;
}

/** Ends of names that models have, among others. */
export const modelSuffixes: readonly string[] = [
  ...['.gguf', '.safetensors', '.onnx', '.pt', '.pth', '.ckpt', '.bin', '.pkl', '.pickle', '.joblib', '.pb'],
  ...['.h5', '.hdf5', '.keras', '.tflite'],
];

const torchName =
  /\.(?:pt|pth|ckpt)$|^(?:pytorch_model|adapter_model|training_args|optimizer|diffusion_pytorch_model)[^/]*\.bin$/i;
const pickleName = /\.(?:pkl|pickle|joblib)$/i;

/** Whether the name alone is one of a model; `.bin` and `.pb` are mostly something other. */
export function isModelName(path: string): boolean {
  const name = baseName(path);
  if (/\.bin$/i.test(name)) return torchName.test(name);
  return !/\.pb$/i.test(name) || name === 'saved_model.pb';
}

/** Whether first bytes are those of a model, whatever its name: models of a hub's cache have none. */
export function isModelHead(head: Uint8Array): boolean {
  return startsWith(head, 'GGUF') || isSafetensorsHead(head) || isTorchHead(head);
}

/** The format of a file by its name and first bytes; undefined where it can be no model. */
export function modelFormat(path: string, head: Uint8Array): ModelFormat | undefined {
  const name = baseName(path);
  if (startsWith(head, 'GGUF')) return { name: 'gguf', certain: true, parse: parseGguf };
  if (isSafetensorsHead(head)) return { name: 'safetensors', certain: true, parse: parseSafetensors };
  if (startsWith(head, 'PK\u0003\u0004')) {
    const certain = isTorchHead(head);
    return certain || torchName.test(name) ? { name: 'pytorch', certain, parse: parseTorchZip } : undefined;
  }
  if (startsWith(head, '\x89HDF\r\n')) return { name: 'tensorflow', certain: false, parse: parseKerasHdf5 };
  if (startsWith(head.subarray(4), 'TFL3')) return { name: 'tensorflow', certain: true, parse: parseTflite };
  if (name === 'saved_model.pb') return { name: 'tensorflow', certain: false, parse: parseSavedModel };
  if (/\.onnx$/i.test(name)) return { name: 'onnx', certain: false, parse: parseOnnx };
  if (torchName.test(name)) return { name: 'pytorch', certain: false, parse: parsePickleFile };
  if (pickleName.test(name)) return { name: 'pickle', certain: false, parse: parsePickleFile };
  return undefined;
}

/** A zip archive whose first entry is the pickle that PyTorch puts there. */
function isTorchHead(head: Uint8Array): boolean {
  if (!startsWith(head, 'PK\u0003\u0004') || head.length < 30) return false;
  const nameLength = (head[26] as number) | ((head[27] as number) << 8);
  return Buffer.from(head.subarray(30, 30 + nameLength))
    .toString()
    .endsWith('/data.pkl');
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (bytes[index] !== text.charCodeAt(index)) return false;
  return true;
}
