import { isPlainToken } from '../text/plain-token.ts';
import type { GoBuildInfo, GoModule } from './go-build-info.ts';

/** Modules of one program; the largest have some thousand. */
const maxModules = 20_000;
const maxSettings = 256;
const maxLineLength = 64 * 1024;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads the text that lists a Go program's modules, as `go version -m` prints it without the indent. Lines it does not
 * know are passed over, as Go does. Never throws.
 */
export function parseGoModuleInfo(text: string): Omit<GoBuildInfo, 'goVersion'> {
  const info: Mutable<Omit<GoBuildInfo, 'goVersion'>> = { deps: [], settings: {} };
  const deps: GoModule[] = [];
  const settings = new Map<string, string>();
  let replace: ((module: GoModule) => void) | undefined;
  let truncated = false;
  for (const line of text.split('\n')) {
    if (line.length > maxLineLength) {
      truncated = true;
      continue;
    }
    const tab = line.indexOf('\t');
    const [kind, rest] = [line.slice(0, Math.max(tab, 0)), line.slice(tab + 1)];
    if (kind === 'path') info.path = rest;
    else if (kind === 'build') takeSetting(rest, settings);
    else if (kind === 'mod' || kind === 'dep' || kind === '=>') {
      const module = parseModule(rest);
      if (kind === '=>' && module !== undefined) replace?.(module);
      replace = undefined;
      if (kind === '=>' || module === undefined) continue;
      if (kind === 'mod') {
        info.main = module;
        replace = (other) => {
          info.main = { ...module, replace: other };
        };
      } else if (deps.length < maxModules) {
        const index = deps.push(module) - 1;
        replace = (other) => {
          deps[index] = { ...module, replace: other };
        };
      } else truncated = true;
    }
  }
  return { ...info, deps, settings: Object.fromEntries(settings), ...(truncated && { truncated }) };
}

function parseModule(text: string): GoModule | undefined {
  const [path = '', version = '', sum = ''] = text.split('\t');
  if (!isPlainToken(path)) return undefined;
  return {
    path,
    ...(isPlainToken(version) && { version }),
    ...(isPlainToken(sum) && { sum }),
  };
}

/** `key=value`, either of them in quotes of Go where it has spaces or quotes of its own. */
function takeSetting(text: string, settings: Map<string, string>): void {
  const [key, rest] = splitQuoted(text);
  if (key === '' || key === '__proto__' || !rest.startsWith('=') || settings.size >= maxSettings) return;
  const value = rest.slice(1);
  settings.set(key, /^["`]/.test(value) ? splitQuoted(value)[0] : value);
}

function splitQuoted(text: string): [value: string, rest: string] {
  const quoted = /^"(?:[^"\\]|\\.)*"|^`[^`]*`/.exec(text)?.[0];
  if (quoted === undefined) {
    const equals = text.indexOf('=');
    return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals)];
  }
  return [unquote(quoted), text.slice(quoted.length)];
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\', "'": "'" };

/** A string literal of Go; escapes that it does not know stay as they are. */
function unquote(literal: string): string {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) return inner;
  return inner.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|([ntr"'\\]))/gi, (whole, byte, unit, character) => {
    const code = byte ?? unit;
    return code === undefined ? (escapes[character] ?? whole) : String.fromCharCode(Number.parseInt(code, 16));
  });
}
