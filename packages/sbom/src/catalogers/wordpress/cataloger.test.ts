import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { wordPressCataloger } from './cataloger.ts';
import { parseWordPressHeader, parseWordPressVersion } from './parse-plugin-header.ts';

const scan = (files: Record<string, string>) => inventoryOf([files], [wordPressCataloger as Cataloger]);
const content = 'var/www/html/wp-content';

describe('wordPressCataloger', () => {
  it('reads plugins, themes and WordPress itself', async () => {
    const { packages, complete } = await scan({
      [`${content}/plugins/akismet/akismet.php`]:
        '<?php\n/**\n * @package Akismet\n */\n/*\nPlugin Name: Akismet Anti-spam\nPlugin URI: https://u:p@akismet.com/\nVersion: 5.3.1\nAuthor: Automattic\nLicense: GPLv2 or later\n*/\n',
      [`${content}/plugins/akismet/class.akismet.php`]: '<?php\nclass Akismet {}\n',
      [`${content}/plugins/hello.php`]: '<?php /* Plugin Name: Hello Dolly */\n// Version: 1.7.2\n',
      [`${content}/themes/child/style.css`]:
        '/*\r\nTheme Name: Child\r\nTemplate: twentytwentyfour\r\nVersion: 1.0\r\n*/',
      'var/www/html/wp-includes/version.php': "<?php\n$wp_version = '6.4.2';\n$wp_db_version = 56657;\n",
    });
    expect(complete).toBe(true);
    expect(packages).toMatchObject([
      { purl: 'pkg:generic/wordpress@6.4.2', cpes: ['cpe:2.3:a:wordpress:wordpress:6.4.2:*:*:*:*:*:*:*'] },
      {
        ...{ purl: 'pkg:wordpress/akismet@5.3.1', supplier: 'Automattic', licenses: ['GPLv2 or later'] },
        ...{ homepage: 'https://akismet.com/', details: { kind: 'plugin', title: 'Akismet Anti-spam' } },
      },
      { purl: 'pkg:wordpress/hello@1.7.2' },
      { purl: 'pkg:wordpress/theme/child@1.0', details: { kind: 'theme', template: 'twentytwentyfour' } },
    ]);
  });

  it('passes by other files, and headers beyond the first 8 KiB', async () => {
    const header = '/* Plugin Name: A\nVersion: 1 */';
    const { packages, problems } = await scan({
      [`${content}/plugins/a/lib/a.php`]: header,
      [`${content}/plugins/b/b.php`]: `${' \n'.repeat(8_192)}${header}`,
      'srv/style.css': '/*\nTheme Name: A\nVersion: 1\n*/',
    });
    expect([packages, problems]).toEqual([[], []]);
  });

  it('reports a version file without a version', async () => {
    expect((await scan({ 'wp-includes/version.php': '<?php' })).problems).toMatchObject([{ code: 'malformed' }]);
  });
});

describe('the parsers', () => {
  it('never throw', () => {
    const line = fc
      .tuple(fc.constantFrom('Plugin Name', 'Version', '$wp_version', '*'), fc.string())
      .map((parts) => parts.join(':'));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(line, fc.string())).map((lines) => lines.join('\n')),
        (text) => {
          parseWordPressHeader(text, 'plugin');
          parseWordPressVersion(text);
        },
      ),
    );
  });
});
