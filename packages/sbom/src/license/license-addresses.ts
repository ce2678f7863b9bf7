import { knownSpdxId } from './spdx-ids.ts';

/** Places that always show the same text, without scheme, `www.` and the ending of the file, in lower case. */
const addresses: Readonly<Record<string, string>> = {
  'apache.org/licenses/license-2.0': 'Apache-2.0',
  'boost.org/license_1_0': 'BSL-1.0',
  'creativecommons.org/publicdomain/zero/1.0': 'CC0-1.0',
  'eclipse.org/legal/epl-2.0': 'EPL-2.0',
  'eclipse.org/legal/epl-v10': 'EPL-1.0',
  'eclipse.org/legal/epl-v20': 'EPL-2.0',
  'eclipse.org/org/documents/edl-v10': 'BSD-3-Clause',
  'eclipse.org/org/documents/epl-2.0': 'EPL-2.0',
  'mozilla.org/en-us/mpl/2.0': 'MPL-2.0',
  'mozilla.org/mpl/2.0': 'MPL-2.0',
  'opensource.org/license/mit': 'MIT',
  'unlicense.org': 'Unlicense',
};

/** Sites whose pages are named by SPDX ids, as far as those pages say which text is meant. */
const idPage = /^(?:spdx\.org\/licenses|opensource\.org\/licenses?|licenses\.nuget\.org)\/([a-z0-9.-]+?)(?:-license)?$/;
const creativeCommons = /^creativecommons\.org\/licenses\/(by(?:-nc)?(?:-nd|-sa)?)\/([1-4]\.[05])(?:\/|$)/;

/**
 * The licence that a web address stands for, as an SPDX id.
 *
 * The GNU licences are not among them: their pages do not say whether later versions are allowed.
 */
export function licenseOfAddress(text: string): string | undefined {
  const [, rest] = /^https?:\/\/(?:www\.)?([^\s?#]+)$/.exec(text.toLowerCase()) ?? [];
  if (rest === undefined) return undefined;
  const place = rest.replace(/\/$/, '').replace(/\.(?:html?|txt|php|json)$/, '');
  if (Object.hasOwn(addresses, place)) return addresses[place];
  const [, kind, version] = creativeCommons.exec(place) ?? [];
  if (kind !== undefined) return knownSpdxId(`cc-${kind}-${version}`);
  const [, id = ''] = idPage.exec(place) ?? [];
  const known = knownSpdxId(id);
  return known !== undefined && /^(?:[al]?gpl|gfdl)/i.test(known) && !/only$|later$/.test(known) ? undefined : known;
}
