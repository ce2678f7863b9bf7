import { WatcherError } from '../watcher-error.ts';

/** Characters of a kubeconfig; some dozen clusters with certificates inside are 200 KiB. */
const maxLength = 1024 * 1024;
/** Aliases that may be followed, counted with those inside; a kubeconfig has none unless a person wrote it. */
const maxAliases = 100;

/**
 * The value that a YAML or JSON text stands for; `undefined` or null for an empty one. Of several YAML documents the
 * first counts, of a repeated key the last, and merge keys (`<<`) apply, as to kubectl.
 *
 * @param file - For messages: `kubeconfig /path`.
 * @throws WatcherError `OPTIONS_INVALID`, which tells the line but quotes nothing of it.
 */
export async function decodeKubeconfig(text: string, file: string): Promise<unknown> {
  if (text.length > maxLength) {
    throw new WatcherError('OPTIONS_INVALID', `${file}: it has more than ${maxLength} characters`);
  }
  const content = text.replace(/^\ufeff/, '');
  const fromJson = tryJson(content);
  return fromJson === undefined ? await decodeYaml(content, file) : fromJson;
}

/** YAML covers JSON, but not one that is indented with tabs, and takes twenty times as long. */
function tryJson(text: string): unknown {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // A mapping in YAML's flow style begins in the same way.
    return undefined;
  }
}

async function decodeYaml(text: string, file: string): Promise<unknown> {
  // Loading the parser takes 50 ms and 10 MB, which only those who have a kubeconfig should pay.
  const { parseDocument } = await import('yaml');
  let failure: { readonly code: string; readonly pos: readonly [number, number] } | undefined;
  try {
    // Keys are not compared with each other, as that takes quadratic time.
    const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, merge: true, logLevel: 'silent' });
    failure = document.errors.find(({ code }) => code !== 'MULTIPLE_DOCS');
    if (failure === undefined) return document.toJS({ maxAliasCount: maxAliases });
  } catch {
    // The parser's own words may quote the text, so they are not kept as the cause.
    throw new WatcherError('OPTIONS_INVALID', `${file}: its YAML nests too deep or has too many or broken aliases`);
  }
  const line = text.slice(0, failure.pos[0]).split('\n').length;
  throw new WatcherError('OPTIONS_INVALID', `${file}: it is not valid YAML, line ${line} (${failure.code})`);
}
