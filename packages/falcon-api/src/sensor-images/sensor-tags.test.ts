import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersionTags } from './compare-version-tags.ts';
import { matchSensorVersion } from './match-sensor-version.ts';
import { parseSensorPlatform } from './sensor-platform.ts';
import { sensorTags } from './sensor-tags.ts';

const sensors = [
  '7.9.0-100-1.falcon-linux.Release.US-1',
  '7.28.0-18109-1.falcon-linux.Release.US-1',
  '7.28.0-9001-1.falcon-linux.Release.US-1',
  '7.31.0-18410-1.falcon-linux.x86_64.Release.US-1',
  '7.31.0-18410-1.falcon-linux.aarch64.Release.US-1',
];

describe('sensorTags', () => {
  it('orders versions by number, each once', () => {
    expect(sensorTags('falcon-imageanalyzer', ['1.0.9', '1.0.24', '1.0.100', '1.0.9', '0.12.3'])).toEqual([
      '0.12.3',
      '1.0.9',
      '1.0.24',
      '1.0.100',
    ]);
  });

  it('invents no version for a tag that is none', () => {
    const tags = ['latest', '1.0.24-rc1', '1.0', 'sha256-0a1b.sig', '1.0.24', '1.0.24-amd64'];
    expect(sensorTags('falcon-imageanalyzer-regional', tags)).toEqual(['1.0.24']);
    expect(sensorTags('fcs', [])).toEqual([]);
  });

  it('leaves out what is not for the platform, and parts of images for several', () => {
    const tags = [...sensors, '7.31.0-18410-1.amd64', 'sha256-1234.sig', 'latest'];
    expect(sensorTags('falcon-sensor', tags)).toHaveLength(sensors.length);
    expect(sensorTags('falcon-sensor', tags, { platform: parseSensorPlatform('aarch64') })).toEqual([
      sensors[0],
      sensors[2],
      sensors[1],
      sensors[4],
    ]);
  });
});

describe('compareVersionTags', () => {
  it('is a total order that agrees with numbers', () => {
    const version = fc.tuple(fc.nat(200), fc.nat(200), fc.nat(200));
    fc.assert(
      fc.property(version, version, (a, b) => {
        const numeric = a.map((number, index) => number - b[index]!).find((difference) => difference !== 0) ?? 0;
        expect(Math.sign(compareVersionTags(a.join('.'), b.join('.')))).toBe(Math.sign(numeric));
      }),
    );
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(Math.sign(compareVersionTags(a, b))).toBe(0 - Math.sign(compareVersionTags(b, a)));
        expect(compareVersionTags(a, b) === 0).toBe(a === b);
      }),
    );
  });
});

describe('matchSensorVersion', () => {
  const plain = ['1.0.2', '1.0.24', '1.0.240', '1.1.0', '11.0.2', 'latest'];

  it('finds the newest of what was asked for', () => {
    expect(matchSensorVersion(plain)).toBe('11.0.2');
    expect(matchSensorVersion(plain, ' ')).toBe('11.0.2');
    expect(matchSensorVersion(plain, '1')).toBe('1.1.0');
    expect(matchSensorVersion(plain, '1.0')).toBe('1.0.240');
    expect(matchSensorVersion(sensors, '7.28')).toBe(sensors[1]);
    expect(matchSensorVersion(sensors, '7.28.0')).toBe(sensors[1]);
    expect(matchSensorVersion(sensors, '7.28.0-9001')).toBe(sensors[2]);
  });

  it('takes an exact version for itself, where the pull script takes it for the beginning of another', () => {
    expect(matchSensorVersion(plain, '1.0.24')).toBe('1.0.24');
    expect(matchSensorVersion(plain, '1.0.2')).toBe('1.0.2');
    expect(matchSensorVersion(['1.0.24', '1.0.25'], '1.0.2')).toBeUndefined();
    expect(matchSensorVersion(sensors, '7.28.0-1')).toBeUndefined();
  });

  it('takes a whole tag in any case, and dots for dots', () => {
    expect(matchSensorVersion(sensors, sensors[1])).toBe(sensors[1]);
    expect(matchSensorVersion(sensors, sensors[1]!.toLowerCase())).toBe(sensors[1]);
    expect(matchSensorVersion(['1x0.1'], '1.0')).toBeUndefined();
    expect(matchSensorVersion(plain, '.*')).toBeUndefined();
  });

  it('finds nothing among names', () => {
    expect(matchSensorVersion(['latest'])).toBeUndefined();
    expect(matchSensorVersion(['latest'], 'latest')).toBeUndefined();
    expect(matchSensorVersion([], '1')).toBeUndefined();
  });
});

describe('parseSensorPlatform', () => {
  it.each([
    ['x86_64', 'amd64'],
    ['linux/amd64', 'amd64'],
    ['AARCH64', 'arm64'],
    ['arm64', 'arm64'],
  ])('reads %s as %s', (text, architecture) => {
    expect(parseSensorPlatform(text).architecture).toBe(architecture);
  });

  it.each(['', 'windows/amd64', 's390x'])('refuses %j', (text) => {
    expect(() => parseSensorPlatform(text)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
  });
});
