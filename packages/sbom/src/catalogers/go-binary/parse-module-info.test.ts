import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseGoModuleInfo } from './parse-module-info.ts';

describe('parseGoModuleInfo', () => {
  it('reads modules, what replaced them, and settings', () => {
    const text = [
      'path\texample.com/app',
      'mod\texample.com/app\t(devel)\t',
      '=>\t./fork',
      'dep\tgithub.com/a/b\tv1.0.0\th1:x=',
      'dep\tgithub.com/c/d\tv1.0.0',
      '=>\tgithub.com/e/d\tv2.0.0\th1:y=',
      '=>\tgithub.com/nobody/asked\tv3.0.0',
      'build\t-compiler=gc',
      'build\tCGO_CFLAGS=',
      'build\t-ldflags="-X main.version=1 -X \\"main.a=b\\tc\\""',
      'build\t"odd key"=value',
      'build\t-tags=`netgo osusergo`',
      'unknown\tline',
      '',
    ].join('\n');
    expect(parseGoModuleInfo(text)).toEqual({
      path: 'example.com/app',
      main: { path: 'example.com/app', version: '(devel)', replace: { path: './fork' } },
      deps: [
        { path: 'github.com/a/b', version: 'v1.0.0', sum: 'h1:x=' },
        {
          ...{ path: 'github.com/c/d', version: 'v1.0.0' },
          replace: { path: 'github.com/e/d', version: 'v2.0.0', sum: 'h1:y=' },
        },
      ],
      settings: {
        '-compiler': 'gc',
        CGO_CFLAGS: '',
        '-ldflags': '-X main.version=1 -X "main.a=b\tc"',
        'odd key': 'value',
        '-tags': 'netgo osusergo',
      },
    });
  });

  it('passes over what is no module and no setting', () => {
    const text = 'mod\t\tv1\ndep\ta b\tv1\nbuild\tnothing\nbuild\t__proto__=x\nbuild\t"open=x\n\n\t\n=>\tx\ty';
    expect(parseGoModuleInfo(text)).toEqual({ deps: [], settings: { '"open': 'x' } });
  });

  it('ends at its limits and says so', () => {
    const many = parseGoModuleInfo('dep\ta\tv1\n'.repeat(20_010));
    expect(many).toMatchObject({ truncated: true });
    expect(many.deps).toHaveLength(20_000);
    expect(parseGoModuleInfo(`path\t${'x'.repeat(100_000)}\n`)).toEqual({ deps: [], settings: {}, truncated: true });
  });

  it('reads any text without throwing, into plain JSON', () => {
    const words = fc.constantFrom(
      'path',
      'mod',
      'dep',
      '=>',
      'build',
      '\t',
      '\n',
      '=',
      '"',
      '\\',
      '`',
      'a',
      '\\x4',
      'v1',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (input) => {
        const result = parseGoModuleInfo(input);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
    );
  });
});
