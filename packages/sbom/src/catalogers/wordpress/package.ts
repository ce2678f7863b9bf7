import type { StatedPackage } from '../package-list.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { WordPressHeader } from './parse-plugin-header.ts';

/** A plugin or theme. Its directory is its name: what updates and vulnerability databases go by. */
export function wordPressExtension(kind: 'plugin' | 'theme', slug: string, header: WordPressHeader): StatedPackage {
  const { title, version, author, license, homepage, template } = header;
  return {
    ...{ type: 'wordpress', class: 'language', name: slug, version, key: `${kind} ${slug}` },
    ...withoutUndefined({
      supplier: author,
      homepage: homepage === undefined ? undefined : withoutCredentials(homepage),
    }),
    ...(license !== undefined && { licenses: [license] }),
    ...(kind === 'theme' && { namespace: 'theme' }),
    details: withoutUndefined({ kind, title, template }),
  };
}

/** WordPress itself. */
export function wordPressCore(version: string): StatedPackage {
  return {
    ...{ type: 'generic', class: 'binary', name: 'wordpress', version, licenses: ['GPL-2.0-or-later'] },
    cpes: [
      `cpe:2.3:a:wordpress:wordpress:${version.replace(/[^\w.]/g, (character) => `\\${character}`)}:*:*:*:*:*:*:*`,
    ],
    details: { kind: 'core' },
  };
}
