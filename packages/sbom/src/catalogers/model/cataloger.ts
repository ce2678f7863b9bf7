import { createHash } from 'node:crypto';
import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import type { JsonObject } from '../../model/json.ts';
import { SbomError } from '../../sbom-error.ts';
import type { ModelConfigFacts, ModelDetails, ModelFacts } from './facts.ts';
import { modelFindings } from './findings.ts';
import { isModelHead, isModelName, type ModelFormat, modelFormat, modelSuffixes } from './model-format.ts';
import { parseModelConfig } from './parse-model-config.ts';
import { PullFeed } from './pull.ts';

const configName = 'config.json';
const maxConfigLength = 1024 * 1024;
/** Shorter files hold no model. */
const minLength = 8;

/**
 * Finds machine-learning models, hashes each as it passes and says what its header tells; of pickles, what they would
 * load. Models of a Hugging Face cache are packages as well.
 */
export const modelCataloger: Cataloger<ModelFacts | ModelConfigFacts> = {
  name: 'model',
  version: '1',
  description: {
    title: 'Machine-learning models',
    selects: [
      ...['**/*.{gguf,safetensors,onnx,pt,pth,ckpt,pkl,pickle,joblib,h5,hdf5,keras,tflite}', '**/saved_model.pb'],
      ...['**/{pytorch_model,adapter_model}*.bin', 'GGUF, safetensors and PyTorch files of any name', '**/config.json'],
    ],
    reads: 'SHA-256 of the file, name, architecture and size from its header, and the globals that a pickle loads',
    emits: ['models', 'huggingface'],
  },
  select: {
    names: [configName],
    suffixes: modelSuffixes,
    path: (path, kind) => kind === 'file' && (path.endsWith(configName) || isModelName(path)),
    magic: (head) => isModelHead(head),
  },
  extract(file, context) {
    if (file.kind !== 'file' || file.size < minLength) return Promise.resolve(undefined);
    if (file.path === configName || file.path.endsWith(`/${configName}`)) return readConfig(file);
    const format = modelFormat(file.path, file.head);
    return format === undefined ? Promise.resolve(undefined) : readModel(file, format, context);
  },
  assemble: modelFindings,
};

async function readConfig(file: SelectedFile): Promise<ModelConfigFacts | undefined> {
  // Longer ones are data that happens to have this name.
  if (file.size > maxConfigLength) return undefined;
  return parseModelConfig(Buffer.from(await file.bytes(maxConfigLength)).toString());
}

async function readModel(
  file: SelectedFile,
  format: ModelFormat,
  context: ExtractContext,
): Promise<ModelFacts | undefined> {
  const details: ModelDetails = {};
  const feed = new PullFeed(format.parse(details));
  const hash = createHash('sha256');
  for await (const chunk of file.stream()) {
    hash.update(chunk);
    feed.push(chunk);
    if (feed.error !== undefined && !format.certain && isOther(feed.error)) return undefined;
  }
  feed.end();
  if (feed.error !== undefined) {
    if (!(feed.error instanceof SbomError)) throw feed.error;
    if (!format.certain && isOther(feed.error)) return undefined;
    context.problem(isOther(feed.error) ? 'malformed' : 'too-large', feed.error.message);
  }
  const sha256 = hash.digest('hex');
  return { kind: 'model', format: format.name, size: file.size, sha256, details: details as JsonObject };
}

/** Whether the content breaks the format, rather than a limit. */
function isOther(error: unknown): boolean {
  return error instanceof SbomError && error.code === 'MALFORMED';
}
