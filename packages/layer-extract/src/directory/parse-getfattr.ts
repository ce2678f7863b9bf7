import { decodeName } from '../path/decode-name.ts';
import { normalizeLayerPath } from '../path/normalize-layer-path.ts';

/** What overlayfs notes at files and directories of its layers (kernel, `filesystems/overlayfs.rst`). */
export interface OverlayAttributes {
  /** Directories that hide what lies below them in lower layers. */
  readonly opaque: ReadonlySet<string>;
  /** Empty files that stand for a removal. */
  readonly whiteouts: ReadonlySet<string>;
  /** What lies elsewhere in a lower layer, wholly or in part, with the word for it. */
  readonly elsewhere: ReadonlyMap<string, 'redirect' | 'metacopy'>;
  /** Whether there was any attribute of overlayfs at all, those without a meaning here included. */
  readonly seen: boolean;
}

/** For a tree without such notes. */
export const noAttributes: OverlayAttributes = {
  ...{ opaque: new Set<string>(), whiteouts: new Set<string>() },
  ...{ elsewhere: new Map<string, 'redirect' | 'metacopy'>(), seen: false },
};

/** `y`; the other value, `x`, says that whiteouts are noted as attributes in the directory. */
const yes = '0x79';

/**
 * Reads what `getfattr --encoding=hex --dump` prints, given as latin-1: a comment line with the path, its backslashes
 * and line ends as octal numbers, and a line for each attribute. Other lines are passed over.
 */
export function parseGetfattr(output: string): OverlayAttributes {
  const [opaque, whiteouts] = [new Set<string>(), new Set<string>()];
  const elsewhere = new Map<string, 'redirect' | 'metacopy'>();
  let path: string | undefined;
  let seen = false;
  for (const line of output.split('\n')) {
    if (line.startsWith('# file: ')) {
      path = normalizeLayerPath(decodeName(unquote(line.slice('# file: '.length)))).path;
      continue;
    }
    const [, name, value = ''] = /^(?:trusted|user)\.overlay\.([a-z]+)(?:=(.*))?$/.exec(line) ?? [];
    if (path === undefined || name === undefined) continue;
    seen = true;
    if (name === 'opaque' && value === yes) opaque.add(path);
    else if (name === 'whiteout') whiteouts.add(path);
    else if (name === 'redirect' || name === 'metacopy') elsewhere.set(path, name);
  }
  return { opaque, whiteouts, elsewhere, seen };
}

function unquote(text: string): string {
  return text.replaceAll(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
