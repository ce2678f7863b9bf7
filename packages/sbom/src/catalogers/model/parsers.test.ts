import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SbomError } from '../../sbom-error.ts';
import type { ModelDetails } from './facts.ts';
import {
  field,
  gguf,
  ggufFile,
  onnxFile,
  safetensorsFile,
  savedModelFile,
  stackPickle,
  systemPickle,
  torchFile,
} from './model-files.test-support.ts';
import { parseGguf } from './parse-gguf.ts';
import { parseOnnx } from './parse-onnx.ts';
import { parsePickleFile } from './parse-pickle-file.ts';
import { parseSafetensors } from './parse-safetensors.ts';
import { parseSavedModel } from './parse-saved-model.ts';
import { parseTorchZip } from './parse-torch-zip.ts';
import { type Pull, PullFeed, pullFrom } from './pull.ts';

type Parser = (details: ModelDetails) => Pull;

function read(bytes: Uint8Array, parser: Parser): ModelDetails {
  const details: ModelDetails = {};
  pullFrom(bytes, parser(details));
  return details;
}

/** What comes of bytes that arrive in chunks of this length, each overwritten once it was handed over. */
function readInChunks(bytes: Uint8Array, parser: Parser, length: number): { details: ModelDetails; error: unknown } {
  const details: ModelDetails = {};
  const feed = new PullFeed(parser(details));
  for (let start = 0; start < bytes.length; start += length) {
    const chunk = Uint8Array.from(bytes.subarray(start, start + length));
    feed.push(chunk);
    chunk.fill(0xaa);
  }
  feed.end();
  return { details, error: feed.error };
}

const all: readonly (readonly [name: string, parser: Parser, bytes: Buffer])[] = [
  [
    'gguf',
    parseGguf,
    ggufFile({
      'general.name': gguf.text('Ä model'),
      'tokenizer.ggml.tokens': gguf.texts(['a', 'bc', '']),
      'x.scores': gguf.numbers(50),
      'x.nested': gguf.nested(2),
      'general.file_type': gguf.u32(7),
    }),
  ],
  [
    'safetensors',
    parseSafetensors,
    safetensorsFile({ __metadata__: { format: 'pt' }, a: { dtype: 'F32', shape: [2] } }),
  ],
  ['onnx', parseOnnx, onnxFile().subarray(0, 2_000)],
  ['saved model', parseSavedModel, savedModelFile()],
  ['pickle', parsePickleFile, Buffer.concat([stackPickle([['a.b', 'C']]), systemPickle, Buffer.alloc(20)])],
  ['torch', parseTorchZip, torchFile(systemPickle).subarray(0, 2_000)],
];

describe.each(all)('parser of %s', (_, parser, bytes) => {
  it('reads the same from any chunks', () => {
    const whole = readInChunks(bytes, parser, bytes.length);
    for (const length of [1, 2, 3, 7, 64, 1_000]) expect(readInChunks(bytes, parser, length)).toEqual(whole);
  });

  it('throws nothing but its own error on what is broken', () => {
    const edits = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 5 });
    fc.assert(
      fc.property(edits, fc.nat(bytes.length), (changes, length) => {
        const broken = Buffer.from(bytes);
        for (const [at, value] of changes) broken[at] = value;
        const { error } = readInChunks(broken.subarray(0, length), parser, 100);
        if (error !== undefined) expect(error).toBeInstanceOf(SbomError);
      }),
      { numRuns: 300 },
    );
  });
});

describe('parseGguf', () => {
  it('keeps what says what the model is, of every type of value', () => {
    const details = read(
      ggufFile({
        'general.name': gguf.text('Tiny'),
        'general.license': gguf.text('l'.repeat(600)),
        'llama.block_count': gguf.u64(22n),
        'llama.context_length': gguf.u16(2048),
        'general.quantization_version': gguf.i64(-2n),
        'general.file_type': gguf.f32(0x7f80_0000),
        'general.version': gguf.flag(true),
        'general.author': gguf.i8(-3),
        'general.url': gguf.u8(3),
        'general.organization': gguf.i16(-4),
        'general.basename': gguf.i32(-5),
        'general.finetune': gguf.f64(),
        'unknown.key': gguf.text('x'),
      }),
      parseGguf,
    );
    expect(details).toEqual({
      ...{ tensors: 2, name: 'Tiny', blocks: 22, contextLength: 2048, quantizationVersion: -2, fileType: 0 },
      ...{ version: true, author: -3, url: 3, organization: -4, baseName: -5, fineTune: 0 },
    });
  });

  it.each([
    ['another version', ggufFile({}, 1)],
    ['an unknown type', ggufFile({ a: [99, Buffer.alloc(0)] })],
    ['arrays in arrays without end', ggufFile({ a: gguf.nested(6) })],
    ['a count beyond any measure', Buffer.concat([ggufFile({}).subarray(0, 16), Buffer.alloc(8, 0xff)])],
    [
      'more keys than a model has',
      Buffer.concat([ggufFile({}).subarray(0, 16), Buffer.from([0, 0, 0, 1, 0, 0, 0, 0])]),
    ],
  ])('refuses %s', (_, bytes) => {
    expect(() => read(bytes, parseGguf)).toThrow(SbomError);
  });
});

describe('parseSafetensors', () => {
  it('counts tensors and parameters by type', () => {
    const header = {
      __metadata__: { format: 'pt', long: 'x'.repeat(600), number: 7 },
      a: { dtype: 'BF16', shape: [10, 20] },
      b: { dtype: 'F32', shape: [5] },
      c: null,
    };
    expect(read(safetensorsFile(header), parseSafetensors)).toEqual({
      ...{ metadata: { format: 'pt' }, tensors: 2, types: ['BF16', 'F32'], parameters: 205 },
    });
  });

  it.each(['{"a": ', '7', 'null'])('refuses the header %j', (header) => {
    expect(() => read(safetensorsFile(header), parseSafetensors)).toThrow('no JSON object');
  });
});

describe('parseOnnx', () => {
  it('passes over texts that are too long and fields it does not know', () => {
    const bytes = Buffer.concat([field(1, 9), field(2, 'x'.repeat(600)), field(6, 'doc'), field(14, 'meta')]);
    expect(read(bytes, parseOnnx)).toEqual({ irVersion: 9 });
  });

  it.each([
    ['no version', field(2, 'x')],
    ['a field of number 0', Buffer.from([0x00, 0x00])],
    ['an old group', Buffer.from([0x0b])],
    ['a number without end', Buffer.alloc(30, 0xff)],
  ])('refuses %s', (_, bytes) => {
    expect(() => read(bytes, parseOnnx)).toThrow(SbomError);
  });
});

describe('parsePickleFile', () => {
  it.each([
    ['GLOBAL', systemPickle, ['os.system']],
    ['INST', Buffer.from("(S'x'\nios\npopen\n."), ['os.popen']],
    ['STACK_GLOBAL', stackPickle([['posix', 'system']]), ['posix.system']],
    [
      'a module of the memo',
      Buffer.from('\x80\x02X\x02\0\0\0osq\x01X\x06\0\0\0systemq\x020h\x01h\x02\x93.', 'latin1'),
      ['os.system'],
    ],
    ['the memo of protocol 0', Buffer.from('Vos\np1\nVsystem\np2\nNg1\ng2\n\x93.', 'latin1'), ['os.system']],
    [
      'long indexes',
      Buffer.from('\x80\x04U\x02osr\x01\0\0\0T\x06\0\0\0systemr\x02\0\0\0Nj\x01\0\0\0j\x02\0\0\0\x93.', 'latin1'),
      ['os.system'],
    ],
    ['the old name of a module', Buffer.from('c__builtin__\neval\n.'), ['__builtin__.eval']],
  ])('finds what is dangerous behind %s', (_, bytes, dangerous) => {
    expect(read(bytes, parsePickleFile)).toMatchObject({ dangerousGlobals: dangerous, complete: true });
  });

  it('passes over values of every kind', () => {
    const values = [
      'K\x01',
      'M\x01\x02',
      'J\x01\0\0\0',
      'I7\n',
      'F1.5\n',
      'L7L\n',
      `G${'\0'.repeat(8)}`,
      'N',
      ']',
      '}',
      ')',
    ];
    const bytes = ['C\x02ab', 'B\x02\0\0\0ab', '\x8e\x02\0\0\0\0\0\0\0ab', '\x8a\x01\x07', '\x88', 'Pid\n', '\x82\x01'];
    const text = `\x80\x05${[...values, ...bytes].map((value) => `${value}0`).join('')}ccollections\nOrderedDict\n.`;
    expect(read(Buffer.from(text, 'latin1'), parsePickleFile)).toEqual({
      ...{ globals: ['collections.OrderedDict'], pickles: 1, complete: true },
    });
  });

  it('passes over long lines', () => {
    const bytes = Buffer.from(`V${'x'.repeat(100_000)}\n0cos\nsystem\n.`);
    expect(read(bytes, parsePickleFile)).toMatchObject({ globals: ['os.system'], complete: true });
    expect(() => read(bytes.subarray(0, 5_000), parsePickleFile)).toThrow('without end');
  });

  it('keeps what stands in front of raw array data, and says that it is not all', () => {
    const joblib = Buffer.concat([systemPickle.subarray(0, -1), Buffer.from([0xff, 0xfe, 0xfd])]);
    expect(read(joblib, parsePickleFile)).toMatchObject({ dangerousGlobals: ['os.system'], complete: false });
  });

  it('keeps a dangerous global however many others there are', () => {
    const many = Array.from({ length: 300 }, (_, index) => ['m', `f${index}`] as const);
    const details = read(stackPickle([...many, ['subprocess', 'Popen']]), parsePickleFile);
    expect(details.dangerousGlobals).toEqual(['subprocess.Popen']);
    expect(details.globals).toHaveLength(200);
  });
});

describe('parseTorchZip', () => {
  it('reads compressed pickles, and those that lie behind tensors', () => {
    const behind = torchFile(stackPickle([['torch', 'Tensor']]), true, { 'archive/extra.pkl': systemPickle });
    expect(read(behind, parseTorchZip)).toMatchObject({ pickles: 2, dangerousGlobals: ['os.system'], complete: true });
    expect(read(torchFile(systemPickle, false), parseTorchZip)).toMatchObject({ dangerousGlobals: ['os.system'] });
  });

  it('goes on behind a pickle that is broken', () => {
    const broken = torchFile(Buffer.from([0xff, 0xff]), true, { 'x.pkl': systemPickle });
    expect(read(broken, parseTorchZip)).toMatchObject({ dangerousGlobals: ['os.system'], complete: false });
  });
});

describe('PullFeed', () => {
  it('finds a pattern across chunks, and says where there is none', () => {
    const seen: string[] = [];
    function* parser(): Pull {
      for (const pattern of ['abc', 'zz']) seen.push(String(yield Buffer.from(pattern)));
    }
    const feed = new PullFeed(parser());
    for (const chunk of ['xxa', 'b', 'cyy']) feed.push(Buffer.from(chunk));
    feed.end();
    expect(seen).toEqual(['abc', '']);
    expect(feed.done).toBe(true);
  });

  it('refuses to hold more than its limit', () => {
    function* greedy(): Pull {
      yield 2 ** 30;
    }
    expect(() => pullFrom(Buffer.alloc(1), greedy())).toThrow(SbomError);
  });
});
