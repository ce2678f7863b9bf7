import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { analyzeLayer } from '../../analyze/analyze-layer.ts';
import { createByteBudget } from '../../analyze/byte-budget.ts';
import { eventsOf, inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { modelCataloger } from './cataloger.ts';
import {
  gguf,
  ggufFile,
  onnxFile,
  safetensorsFile,
  savedModelFile,
  stackPickle,
  systemPickle,
  torchFile,
} from './model-files.test-support.ts';

const catalogers = [modelCataloger as Cataloger];
const sha256 = (bytes: Uint8Array) => hash('sha256', bytes, 'hex');
const inventory = (...layers: TestLayer[]) => inventoryOf(layers, catalogers);
const llama = ggufFile({ 'general.architecture': gguf.text('llama'), 'llama.context_length': gguf.u32(4096) });
const tensors = safetensorsFile({ w: { dtype: 'F16', shape: [2, 3], data_offsets: [0, 12] } });
const kerasFile = Buffer.concat([
  Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'),
  Buffer.from(`${' '.repeat(900)}keras_version`),
]);
const tfliteFile = Buffer.concat([Buffer.from([28, 0, 0, 0]), Buffer.from('TFL3'), Buffer.alloc(40)]);

describe('modelCataloger', () => {
  it.each([
    ['m.gguf', 'gguf', llama, { version: 3, tensors: 2, architecture: 'llama', contextLength: 4096 }],
    ['m.safetensors', 'safetensors', tensors, { tensors: 1, types: ['F16'], parameters: 6 }],
    ['m.onnx', 'onnx', onnxFile(), { irVersion: 8, producer: 'pytorch', opsets: ['ai.onnx@17', 'ai.onnx.ml@3'] }],
    ['m.pt', 'pytorch', torchFile(systemPickle), { dangerousGlobals: ['os.system'], complete: true }],
    ['pytorch_model.bin', 'pytorch', torchFile(stackPickle([['torch._utils', '_rebuild_tensor_v2']])), { pickles: 1 }],
    ['old.pth', 'pytorch', stackPickle([['collections', 'OrderedDict']]), { globals: ['collections.OrderedDict'] }],
    ['m.pkl', 'pickle', systemPickle, { globals: ['os.system'], dangerousGlobals: ['os.system'] }],
    ['m/saved_model.pb', 'tensorflow', savedModelFile(), { tags: ['serve'], tensorflowVersion: '2.15.0' }],
    ['m.h5', 'tensorflow', kerasFile, { container: 'hdf5' }],
    ['m.tflite', 'tensorflow', tfliteFile, { container: 'tflite' }],
  ])('reads %s as %s', async (path, format, bytes, details) => {
    const { models, problems } = await inventory({ [path]: bytes });
    const [model] = models;
    expect(model).toMatchObject({ path, layer: 0, format, size: bytes.length, sha256: sha256(bytes), details });
    expect(problems).toEqual([]);
  });

  it.each([
    ['german.pt', 'nicht mehr als ein Text'],
    ['data.pkl', 'no pickle at all'],
    ['x.onnx', '<html></html>'],
    ['firmware.bin', Buffer.alloc(100, 0x80)],
    ['graph.pb', savedModelFile()],
    ['saved_model.pb', 'something other'],
    ['data.h5', Buffer.concat([Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), Buffer.alloc(900)])],
    ['x.gguf', 'no GGUF'],
    ['tiny.pkl', '.'],
    ['config.json', '{"port": 80}'],
    ['app/config.json', '{ template }'],
    ['archive.jar', torchFile(systemPickle).subarray(20)],
  ])('takes %s for none of its own', async (path, content) => {
    const { models, packages, problems } = await inventory({ [path]: content });
    expect({ models, packages, problems }).toEqual({ models: [], packages: [], problems: [] });
  });

  it('knows models without a name by their first bytes', async () => {
    const { models } = await inventory({ 'blobs/aa': llama, 'blobs/bb': tensors, 'blobs/cc': torchFile(systemPickle) });
    expect(models.map(({ path, format }) => `${path} ${format}`)).toEqual([
      ...['blobs/aa gguf', 'blobs/bb safetensors', 'blobs/cc pytorch'],
    ]);
  });

  it('reports a broken header, and keeps what it read and the hash', async () => {
    const cut = llama.subarray(0, 60);
    const { models, problems } = await inventory({ 'm.gguf': cut, 'big.safetensors': safetensorsFile(' '.repeat(9)) });
    expect(models).toMatchObject([{ path: 'm.gguf', sha256: sha256(cut), details: { version: 3, tensors: 2 } }]);
    expect(problems).toMatchObject([{ cataloger: 'model', path: 'm.gguf', code: 'malformed' }]);
  });

  it('reports a header beyond its limits', async () => {
    const header = Buffer.alloc(40, ' ');
    header.writeBigUInt64LE(50_000_000n);
    header.write('{"', 8);
    const { models, problems } = await inventory({ m: header });
    expect(models).toMatchObject([{ format: 'safetensors', details: {} }]);
    expect(problems).toMatchObject([{ code: 'too-large' }]);
  });

  it('needs no memory for a body', async () => {
    const budget = createByteBudget(1);
    const large = Buffer.concat([llama, Buffer.alloc(3_000_000)]);
    const { paths, problems } = await analyzeLayer(eventsOf({ 'm.gguf': large }), { catalogers, budget });
    expect(paths[0]?.facts.model).toMatchObject({ sha256: sha256(large) });
    expect(problems).toEqual([]);
  });

  it('takes names from the configuration beside a model', async () => {
    const config = { model_type: 'bert', architectures: ['BertModel', 7], _name_or_path: 'org/base' };
    const { models } = await inventory({ 'm/config.json': JSON.stringify(config), 'm/a.safetensors': tensors });
    expect(models[0]?.details).toMatchObject({ name: 'org/base', modelType: 'bert', architectures: ['BertModel'] });
  });

  it('makes packages of the repositories in the cache of a hub', async () => {
    const hub = 'root/.cache/huggingface/hub/models--Qwen--Qwen2.5-0.5B';
    const [commit, blob] = ['0123456789abcdef'.repeat(3).slice(0, 40), 'a'.repeat(64)];
    const { models, packages } = await inventory({
      [`${hub}/blobs/${blob}`]: tensors,
      [`${hub}/blobs/${'b'.repeat(40)}`]: '{"model_type": "qwen2"}',
      [`${hub}/snapshots/${commit}/model.safetensors`]: { link: `../../blobs/${blob}` },
      [`${hub}/snapshots/${commit}/again.safetensors`]: { link: `../../blobs/${blob}` },
      [`${hub}/snapshots/${commit}/gone.safetensors`]: { link: '../../blobs/none' },
      [`${hub.replace('Qwen--', '')}/snapshots/${commit}/m.gguf`]: llama,
    });
    expect(models).toHaveLength(2);
    expect(models[0]?.details).toMatchObject({ repository: 'Qwen/Qwen2.5-0.5B' });
    expect(packages.map(({ purl }) => purl)).toEqual([
      `pkg:huggingface/Qwen2.5-0.5B@${commit}`,
      `pkg:huggingface/Qwen/Qwen2.5-0.5B@${commit}`,
    ]);
  });

  it('forgets models that a layer took away', async () => {
    const { models } = await inventory({ 'a.gguf': llama, 'b.gguf': llama }, { 'a.gguf': null });
    expect(models.map(({ path }) => path)).toEqual(['b.gguf']);
  });
});
