import { describe, expect, it } from 'vitest';
import { licenseNames } from './license-names.ts';
import { isSpdxId } from './spdx-ids.ts';
import { spdxLicenseId } from './spdx-license-id.ts';

describe('spdxLicenseId', () => {
  it.each([
    // Debian
    ['GPL-2', 'GPL-2.0-only'],
    ['GPL-2+', 'GPL-2.0-or-later'],
    ['gpl-3.0+', 'GPL-3.0-or-later'],
    ['LGPL-2.1', 'LGPL-2.1-only'],
    ['AGPL-3+', 'AGPL-3.0-or-later'],
    ['GFDL-1.3', 'GFDL-1.3-only'],
    ['GFDL-NIV-1.3+', 'GFDL-1.3-no-invariants-or-later'],
    ['GPL-2.0-only', 'GPL-2.0-only'],
    ['Expat', 'MIT'],
    ['zlib', 'Zlib'],
    ['BSD-3-clause', 'BSD-3-Clause'],
    ['CC0', 'CC0-1.0'],
    // Fedora's own names
    ['GPLv2', 'GPL-2.0-only'],
    ['GPLv2+', 'GPL-2.0-or-later'],
    ['LGPLv2+', 'LGPL-2.0-or-later'],
    ['LGPLv2.1+', 'LGPL-2.1-or-later'],
    ['GPL+', 'GPL-1.0-or-later'],
    ['ASL 2.0', 'Apache-2.0'],
    ['MPLv2.0', 'MPL-2.0'],
    ['BSD with advertising', 'BSD-4-Clause'],
    // Maven, PyPI, npm, R
    ['The Apache Software License, Version 2.0', 'Apache-2.0'],
    ['Apache License, Version 2.0', 'Apache-2.0'],
    ['Apache 2.0', 'Apache-2.0'],
    ['Apache-2', 'Apache-2.0'],
    ['apache License V2.0', 'Apache-2.0'],
    ['The MIT License (MIT)', 'MIT'],
    ['mit', 'MIT'],
    ['MIT/X11', 'MIT'],
    ['License :: OSI Approved :: MIT License', 'MIT'],
    ['License :: OSI Approved :: GNU General Public License v2 or later (GPLv2+)', 'GPL-2.0-or-later'],
    ['License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)', 'LGPL-3.0-only'],
    ['License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)', 'MPL-2.0'],
    ['GNU Lesser General Public License, version 2.1 or any later version', 'LGPL-2.1-or-later'],
    ['GPL (>= 2)', 'GPL-2.0-or-later'],
    ['Eclipse Public License - v 2.0', 'EPL-2.0'],
    ['Eclipse Distribution License - v 1.0', 'BSD-3-Clause'],
    ['New BSD License', 'BSD-3-Clause'],
    ['"BSD 3-Clause "New" or "Revised" License"', undefined],
    ['BSD 2-Clause', 'BSD-2-Clause'],
    ['Creative Commons Attribution 4.0', 'CC-BY-4.0'],
    ['ISC License', 'ISC'],
    ['The Unlicense', 'Unlicense'],
    // Addresses
    ['https://opensource.org/licenses/MIT', 'MIT'],
    ['http://www.opensource.org/licenses/mit-license.php', 'MIT'],
    ['http://www.apache.org/licenses/LICENSE-2.0.txt', 'Apache-2.0'],
    ['https://spdx.org/licenses/BSD-2-Clause.html', 'BSD-2-Clause'],
    ['https://licenses.nuget.org/MIT', 'MIT'],
    ['https://creativecommons.org/licenses/by-sa/4.0/', 'CC-BY-SA-4.0'],
    ['https://spdx.org/licenses/GPL-3.0-or-later.html', 'GPL-3.0-or-later'],
  ])('knows %s', (name, id) => {
    expect(spdxLicenseId(name)).toBe(id);
  });

  it.each([
    ...[
      'GPL',
      'BSD',
      'BSD License',
      'Apache',
      'Apache Software License',
      'Artistic',
      'Artistic-1',
      'public-domain',
      'Public Domain',
    ],
    ...['GPL-9', 'LGPL-2.7', 'custom', 'UNKNOWN', 'proprietary', 'UNLICENSED', 'SEE LICENSE IN LICENSE.md', 'other'],
    ...['Python Software Foundation License', 'GPL2 MIT', 'constructor', '__proto__', '', '   ', 'the license', '(MIT'],
    ...['https://example.com/MIT', 'https://www.gnu.org/licenses/gpl-3.0.html', 'https://opensource.org/licenses/'],
  ])('leaves %j open', (name) => {
    expect(spdxLicenseId(name)).toBeUndefined();
  });

  it('looks at no more than a name can have', () => {
    expect(spdxLicenseId(`MIT${' license'.repeat(10_000)}`)).toBeUndefined();
  });

  it('has nothing but ids of the list in its table', () => {
    expect(Object.values(licenseNames).filter((id) => !isSpdxId(id))).toEqual([]);
  });
});
