import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { type PackageListFacts, packageListCataloger, type StatedPackage } from '../package-list.ts';
import { wordPressCore, wordPressExtension } from './package.ts';
import { parseWordPressHeader, parseWordPressVersion } from './parse-plugin-header.ts';

/** Bytes of a file that WordPress itself looks at for a header. */
const headerBytes = 8 * 1024;

const pluginPath = /(?:^|\/)wp-content\/(?:mu-)?plugins\/(?:([^/]+)\/)?([^/]+)\.php$/;
const themePath = /(?:^|\/)wp-content\/themes\/([^/]+)\/style\.css$/;
const corePath = /(?:^|\/)wp-includes\/version\.php$/;

/** WordPress, its plugins and its themes. */
export const wordPressCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'wordpress',
  version: '1',
  description: {
    title: 'WordPress with plugins and themes',
    selects: [
      '**/wp-includes/version.php',
      '**/wp-content/plugins/*.php',
      '**/wp-content/plugins/*/*.php',
      '**/wp-content/mu-plugins/*.php',
      '**/wp-content/themes/*/style.css',
    ],
    reads: 'the version of WordPress; names, versions, authors and licences of plugins and themes',
    emits: ['wordpress', 'generic'],
  },
  select: {
    names: ['style.css'],
    suffixes: ['.php'],
    path: (path, kind) => {
      const isEntry = kind !== 'directory' && kind !== 'special';
      // Most files of these names are not below WordPress at all.
      return isEntry && path.includes('wp-') && [pluginPath, themePath, corePath].some((shape) => shape.test(path));
    },
  },
  read: (file, context) => readExtension(file, context),
});

async function readExtension(
  file: SelectedFile,
  context: ExtractContext,
): Promise<readonly StatedPackage[] | undefined> {
  const text = await beginning(file);
  if (corePath.test(file.path)) {
    const version = parseWordPressVersion(text);
    if (version === undefined) context.problem('malformed', 'it states no version of WordPress');
    return version === undefined ? undefined : [wordPressCore(version)];
  }
  const theme = themePath.exec(file.path)?.[1];
  const [, directory, name] = pluginPath.exec(file.path) ?? [];
  const slug = theme ?? directory ?? name;
  const kind = theme === undefined ? 'plugin' : 'theme';
  const header = parseWordPressHeader(text, kind);
  return slug === undefined || header === undefined ? undefined : [wordPressExtension(kind, slug, header)];
}

async function beginning(file: SelectedFile): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of file.stream()) {
    parts.push(part.slice(0, headerBytes - length));
    length += part.length;
    if (length >= headerBytes) break;
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}
