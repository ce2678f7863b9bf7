import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateMarker } from './evaluate-marker.ts';
import { markerEnvironment } from './marker-environment.ts';
import { parseRequirement } from './parse-requirement.ts';
import { parseRequiresText } from './parse-requires.ts';

const linux = markerEnvironment('usr/lib/python3.11/site-packages/a-1.dist-info/METADATA');

describe('evaluateMarker', () => {
  it.each([
    ['sys_platform == "win32"', false],
    ["platform_system != 'Windows'", true],
    ['"linux" in sys_platform', true],
    ['sys_platform not in "darwin win32"', true],
    ['python_version < "3.8"', false],
    ['python_version >= "3.10"', true],
    ['python_version == "3.*"', true],
    ['python_version != "3.11"', false],
    ['"3.11" <= python_version', true],
    ['extra == "test"', false],
    ['platform_machine == "x86_64"', undefined],
    ['platform_machine == "x86_64" and os_name == "nt"', false],
    ['platform_machine == "x86_64" or os_name == "posix"', true],
    ['platform_machine == "x86_64" or os_name == "nt"', undefined],
    ['(os_name == "nt" or os_name == "posix") and python_version > "3.9"', true],
    ['python_version ~= "3.9"', undefined],
    ['python_version in "3.10 3.11"', undefined],
    ['sys_platform < "z"', undefined],
    ['nonsense', undefined],
    ['', undefined],
  ])('judges %s', (marker, truth) => {
    expect(evaluateMarker(marker, linux)).toBe(truth);
  });

  it('knows nothing of the platform of a Windows image', () => {
    const windows = markerEnvironment('Files/Python/Lib/site-packages/a-1.dist-info/METADATA');
    expect(evaluateMarker('sys_platform == "win32"', windows)).toBeUndefined();
  });

  it('takes any text without throwing', () => {
    const words = fc.constantFrom('(', ')', 'and', 'or', 'not', 'in', 'extra', 'os_name', '"posix"', '==', '<', ' ');
    const marker = fc.array(words).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(fc.oneof(marker, fc.string()), (text) => {
        expect([true, false, undefined]).toContain(evaluateMarker(text, linux));
      }),
    );
    expect(evaluateMarker('('.repeat(9_000), linux)).toBeUndefined();
  }, 30_000);
});

describe('parseRequirement', () => {
  it.each([
    ['a', { name: 'a', normalized: 'a' }],
    ['My_Pkg[x,y]==1.0', { name: 'My_Pkg', normalized: 'my-pkg', pin: '1.0' }],
    ['a (===1.0+local) ; os_name == "nt"', { name: 'a', normalized: 'a', pin: '1.0+local', marker: 'os_name == "nt"' }],
    ['a>=1,==1.0', { name: 'a', normalized: 'a' }],
    ['a==1.*', { name: 'a', normalized: 'a' }],
    ['a @ https://x/y;z ; extra == "b"', { name: 'a', normalized: 'a', marker: 'extra == "b"' }],
  ])('reads %s', (text, expected) => {
    expect(parseRequirement(text)).toEqual(expected);
  });

  it.each(['', '-r other.txt', './dir', 'https://x/y.whl', 'a/b', '$X==1'])('takes %j for none', (text) => {
    expect(parseRequirement(text)).toBeUndefined();
  });
});

describe('parseRequiresText', () => {
  it('leaves out extras and what is for another platform', () => {
    const text =
      'B>=1\n\n[:sys_platform == "win32"]\nwin\n\n[:python_version >= "3"]\na\n\n[test]\npytest\n[x:os_name=="posix"]\ny\n';
    expect(parseRequiresText(text, linux)).toEqual(['a', 'b']);
  });
});
