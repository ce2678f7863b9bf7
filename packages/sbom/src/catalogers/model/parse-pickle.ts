import { SbomError } from '../../sbom-error.ts';
import type { ModelDetails } from './facts.ts';
import { isDangerousGlobal } from './pickle-globals.ts';
import { type Pull, take, takeSize } from './pull.ts';

const maxOpcodes = 10_000_000;
const maxGlobals = 200;
const maxTextLength = 512;
/** Bytes of a line that are kept: more than the name of any global that is noted. */
const keptLineLength = 2 * maxTextLength;
const lineFeed: Buffer = Buffer.from('\n');
const maxMemo = 100_000;

/** The globals that pickles name, gathered over all pickles of one file. */
export class PickleGlobals {
  /** Pickles that were read to their end. */
  pickles = 0;
  opcodes = 0;
  readonly #globals = new Set<string>();

  /** Whether no global was found. */
  get isEmpty(): boolean {
    return this.#globals.size === 0;
  }

  /** Notes a global of a module. */
  add(module: string, name: string): void {
    const global = `${module}.${name}`;
    if (global.length > maxTextLength) return;
    // What is dangerous is kept however many others there are.
    if (this.#globals.size < maxGlobals || isDangerousGlobal(global)) this.#globals.add(global);
  }

  /** Puts the globals, and of them the dangerous ones, into the details of a model. */
  describe(details: ModelDetails): void {
    const globals = [...this.#globals].sort();
    const dangerous = globals.filter(isDangerousGlobal);
    details.globals = globals.slice(0, maxGlobals);
    if (dangerous.length > 0) details.dangerousGlobals = dangerous.slice(0, maxGlobals);
  }
}

/** Bytes of the arguments of opcodes that have some of a fixed length. */
const fixedArguments: Readonly<Record<number, number>> = {
  ...{ 74: 4, 75: 1, 77: 2, 71: 8, 128: 1, 130: 1, 131: 2, 132: 4, 149: 8 },
};
/** Opcodes without arguments. */
const bare: ReadonlySet<number> = new Set([
  ...Buffer.from('(012NQRabdel]ost)u}'),
  ...[0x81, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8f, 0x90, 0x91, 0x92, 0x97, 0x98],
]);
/** Opcodes of bytes, by the length of their length; texts are apart. */
const bytesOpcodes: Readonly<Record<number, 1 | 4 | 8>> = {
  ...{ 66: 4, 67: 1, 142: 8, 150: 8, 138: 1, 139: 4 },
};
const textOpcodes: Readonly<Record<number, 1 | 4 | 8>> = { 84: 4, 85: 1, 88: 4, 140: 1, 141: 8 };

/**
 * Follows the opcodes of one pickle, protocols 0 to 5, up to its end without running any, and notes the globals it would
 * load. Where a name is put together on the stack, the last two texts count, as they do for any pickle that Python makes.
 *
 * @throws SbomError `MALFORMED` for an opcode nobody knows, `FILE_TOO_LARGE` for too many
 * @see https://github.com/python/cpython/blob/main/Lib/pickletools.py
 */
export function* parsePickle(globals: PickleGlobals): Pull {
  const stack = new TextStack();
  for (;;) {
    globals.opcodes += 1;
    if (globals.opcodes > maxOpcodes) throw new SbomError('FILE_TOO_LARGE', `more than ${maxOpcodes} opcodes`);
    const opcode = (yield* take(1))[0] as number;
    if (opcode === 0x2e) break;
    if (bare.has(opcode)) stack.push(undefined);
    else if (!(yield* takeNamed(opcode, globals, stack)) && !(yield* takeValue(opcode, stack))) {
      throw new SbomError('MALFORMED', `opcode 0x${opcode.toString(16)} is none of a pickle`);
    }
  }
  globals.pickles += 1;
}

/** Opcodes that load a global or touch the memo. */
function* takeNamed(opcode: number, globals: PickleGlobals, stack: TextStack): Pull<boolean> {
  switch (opcode) {
    case 0x63: // GLOBAL
    case 0x69: // INST
      globals.add(yield* takeLine(), yield* takeLine());
      stack.push(undefined);
      return true;
    case 0x93: // STACK_GLOBAL
      globals.add(...stack.lastTwo);
      stack.push(undefined);
      return true;
    case 0x94: // MEMOIZE
      stack.memoize();
      return true;
    case 0x70: // PUT
      stack.put(Number(yield* takeLine()));
      return true;
    case 0x71: // BINPUT
    case 0x72: // LONG_BINPUT
      stack.put(yield* takeLength(opcode === 0x71 ? 1 : 4));
      return true;
    case 0x67: // GET
      stack.get(Number(yield* takeLine()));
      return true;
    case 0x68: // BINGET
    case 0x6a: // LONG_BINGET
      stack.get(yield* takeLength(opcode === 0x68 ? 1 : 4));
      return true;
    default:
      return false;
  }
}

/** Opcodes that push a value. */
function* takeValue(opcode: number, stack: TextStack): Pull<boolean> {
  const fixed = fixedArguments[opcode];
  if (fixed !== undefined) {
    yield -fixed;
    // PROTO and FRAME push nothing.
    if (opcode !== 0x80 && opcode !== 0x95) stack.push(undefined);
    return true;
  }
  const text = textOpcodes[opcode];
  const length = text ?? bytesOpcodes[opcode];
  if (length !== undefined) {
    stack.push(yield* takeText(yield* takeLength(length), text !== undefined));
    return true;
  }
  if (![0x46, 0x49, 0x4c, 0x50, 0x53, 0x56].includes(opcode)) return false;
  const line = yield* takeLine();
  // S and V are texts, the former in quotes.
  stack.push(opcode === 0x53 ? line.replaceAll(/^['"]|['"]$/g, '') : opcode === 0x56 ? line : undefined);
  return true;
}

function* takeText(length: number, isText: boolean): Pull<string | undefined> {
  if (isText && length <= maxTextLength) return (yield* take(length)).toString();
  if (length > 0) yield -length;
  return undefined;
}

function* takeLength(bytes: 1 | 4 | 8): Pull<number> {
  if (bytes === 8) return yield* takeSize();
  const length = yield* take(bytes);
  return bytes === 1 ? length.readUInt8() : length.readUInt32LE();
}

/** A line without its end; of a long one, such as bytes in protocol 0, the begin. */
function* takeLine(): Pull<string> {
  const bytes: number[] = [];
  while (bytes.length < keptLineLength) {
    const byte = (yield* take(1))[0] as number;
    if (byte === 0x0a) return Buffer.from(bytes).toString();
    bytes.push(byte);
  }
  if ((yield lineFeed).length === 0) throw new SbomError('MALFORMED', 'a line without end');
  return Buffer.from(bytes).toString();
}

/** As much of the stack and the memo of a pickle as names of globals need. */
class TextStack {
  #last = '';
  #beforeLast = '';
  #top: string | undefined;
  #memoized = 0;
  readonly #memo = new Map<number, string>();

  /** Module and name of a global that is put together on the stack. */
  get lastTwo(): [module: string, name: string] {
    return [this.#beforeLast, this.#last];
  }

  push(text: string | undefined): void {
    this.#top = text;
    if (text === undefined) return;
    this.#beforeLast = this.#last;
    this.#last = text;
  }

  memoize(): void {
    this.put(this.#memoized);
  }

  put(index: number): void {
    this.#memoized += 1;
    if (this.#top === undefined) this.#memo.delete(index);
    else if (this.#memo.size < maxMemo) this.#memo.set(index, this.#top);
  }

  get(index: number): void {
    this.push(this.#memo.get(index));
  }
}
