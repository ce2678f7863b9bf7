import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { nearestName } from './nearest-name.ts';
import { settingName } from './setting.ts';
import { settingEntries, settingsTable } from './settings.ts';
import type { SettingProblem } from './settings-error.ts';

/** What a configuration file says: texts by the names of settings. */
export interface ConfigFile {
  readonly path: string;
  readonly values: ReadonlyMap<string, string | readonly string[]>;
  readonly problems: readonly SettingProblem[];
}

const longestFile = 1024 * 1024;
const names: ReadonlyMap<string, string> = new Map(
  settingEntries(settingsTable).map(([, setting]) => [settingName(setting), setting.env]),
);
const closed: ReadonlySet<string> = new Set(
  settingEntries(settingsTable).flatMap(([, setting]) =>
    setting.closedTo?.includes('file') ? settingName(setting) : [],
  ),
);

/**
 * Reads a configuration file: YAML, and so also JSON, of one mapping from names of settings to a value or a list of them.
 * Values stay the text that was written, so that `0012` keeps its zeros. Whatever is wrong is a problem; the rest counts.
 */
export function readConfigFile(path: string, readFile: (path: string) => string): ConfigFile {
  const values = new Map<string, string | readonly string[]>();
  const problems: SettingProblem[] = [];
  const lines = new LineCounter();
  const refuse = (message: string, hint: string, node?: Node | null) => {
    const line = node?.range ? `, line ${lines.linePos(node.range[0]).line}` : '';
    problems.push({ message: `configuration file ${path}${line}: ${message}`, hint });
  };
  const document = parse(path, readFile, lines, refuse);
  if (document === undefined || document.contents === null) return { path, values, problems };
  if (!isMap(document.contents)) {
    refuse('it is not a mapping', 'write one setting a line, such as "runmode: watcher"');
    return { path, values, problems };
  }
  for (const { key, value } of document.contents.items) {
    const name = String(isScalar(key) ? key.value : '');
    const why = refusal(name);
    if (why !== undefined) refuse(why.message, why.hint, key as Node);
    else {
      const text = textOf(value, document);
      if (text === undefined) refuse(`${name} is neither a value nor a list of values`, 'nest nothing', value as Node);
      else values.set(name, text);
    }
  }
  return { path, values, problems };
}

function parse(
  path: string,
  readFile: (path: string) => string,
  lineCounter: LineCounter,
  refuse: (message: string, hint: string) => void,
): Document | undefined {
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    refuse(`it cannot be read${code === undefined ? '' : ` (${code})`}`, 'name a readable file with --config');
    return undefined;
  }
  if (text.length > longestFile) {
    refuse('it is longer than 1 MiB', 'name a configuration file with --config');
    return undefined;
  }
  // A message of the parser may quote the file, which may hold secrets; its code does not.
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  for (const { code, pos } of document.errors) {
    const at = code === 'DUPLICATE_KEY' ? 'a name stands there twice' : `it is not valid YAML (${code})`;
    refuse(`line ${lineCounter.linePos(pos[0]).line}: ${at}`, 'correct it');
  }
  return document.errors.length === 0 ? document : undefined;
}

function refusal(name: string): SettingProblem | undefined {
  if (closed.has(name)) {
    return {
      message: `${name} cannot be set in a file`,
      hint: `set ${names.get(name)} in the environment`,
    };
  }
  if (names.has(name)) return undefined;
  // Somebody may have written the name of the environment, or the one that code uses.
  const guess = settingName({ env: name.replace(/[a-z](?=[A-Z])/g, '$&_') });
  const near = names.has(guess) ? guess : nearestName(name, names.keys());
  const known = 'docs/configuration.md and iar config list the names';
  return {
    message: `${JSON.stringify(name.slice(0, 80))} is no setting`,
    hint: near === undefined ? known : `did you mean ${near}? ${known}`,
  };
}

/** The text of a scalar, or of each of a list; `undefined` for anything deeper. */
function textOf(node: unknown, document: Document): string | readonly string[] | undefined {
  const target = isAlias(node) ? node.resolve(document) : node;
  if (!isSeq(target)) return scalarText(target);
  const texts = target.items.map((item) => scalarText(isAlias(item) ? item.resolve(document) : item));
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

/** As it was written; nothing is the empty text. */
function scalarText(node: unknown): string | undefined {
  if (node === null) return '';
  if (!isScalar(node)) return undefined;
  const { value, source } = node;
  if (value === null) return '';
  return typeof value === 'string' ? value : (source ?? String(value));
}
