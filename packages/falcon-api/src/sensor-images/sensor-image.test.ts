import { describe, expect, it } from 'vitest';
import { sensorImage } from './sensor-image.ts';
import { parseSensorImageType, sensorImageTypes } from './sensor-image-type.ts';

describe('sensorImage', () => {
  it.each([
    ['falcon-imageanalyzer', 'falcon-imageanalyzer/release/falcon-imageanalyzer'],
    ['falcon-sensor', 'falcon-sensor/release/falcon-sensor'],
    ['falcon-container', 'falcon-container/release/falcon-container'],
    ['falcon-kac', 'falcon-kac/release/falcon-kac'],
    ['falcon-jobcontroller', 'falcon-selfhostedregistryassessment/release/falcon-jobcontroller'],
  ] as const)('has %s at one place for all commercial clouds', (type, repository) => {
    expect(sensorImage(type, { cloud: 'us-1' }).repository).toBe(repository);
    expect(sensorImage(type, { cloud: 'eu-1' }).repository).toBe(repository);
  });

  it.each([
    ['falcon-imageanalyzer-regional', 'us-2', 'falcon-imageanalyzer/us-2/release/falcon-imageanalyzer'],
    ['falcon-imageanalyzer-regional', 'us-gov-1', 'falcon-imageanalyzer/gov1/release/falcon-imageanalyzer'],
    ['falcon-sensor-regional', 'us-gov-2', 'falcon-sensor/gov2/release/falcon-sensor'],
    ['falcon-container-regional', 'eu-1', 'falcon-container/eu-1/release/falcon-sensor'],
    ['falcon-kac-regional', 'us-3', 'falcon-kac/us-3/release/falcon-kac'],
    ['falcon-snapshot', 'us-1', 'falcon-snapshot/us-1/release/cs-snapshotscanner'],
    ['fcs', 'us-gov-1', 'fcs/gov1/release/cs-fcs'],
    ['falcon-jobcontroller', 'us-gov-2', 'falcon-selfhostedregistryassessment/gov2/release/falcon-jobcontroller'],
    [
      'falcon-registryassessmentexecutor',
      'us-gov-1',
      'falcon-selfhostedregistryassessment/gov1/release/falcon-registryassessmentexecutor',
    ],
  ] as const)('has %s of %s at %s', (type, cloud, repository) => {
    expect(sensorImage(type, { cloud }).repository).toBe(repository);
  });

  it('keeps an image for all clouds out of the folders of government clouds', () => {
    expect(sensorImage('falcon-sensor', { cloud: 'us-gov-1' }).repository).toBe('falcon-sensor/release/falcon-sensor');
  });

  it('knows the login, the name of a copy, and what takes the place of a type that goes away', () => {
    expect(sensorImage('fcs', { cloud: 'us-1' })).toMatchObject({ name: 'fcs', images: 'iac' });
    expect(sensorImage('falcon-snapshot', { cloud: 'us-1' })).toMatchObject({
      name: 'cs-snapshotscanner',
      images: 'snapshots',
    });
    expect(sensorImage('falcon-container-regional', { cloud: 'us-1' })).toMatchObject({
      name: 'falcon-sensor',
      images: 'container-security',
      replacedBy: 'falcon-container',
    });
    expect(sensorImage('falcon-kac')).not.toHaveProperty('replacedBy');
  });

  it('takes the builds of another stage', () => {
    expect(sensorImage('falcon-kac', { stage: 'stage' }).repository).toBe('falcon-kac/stage/falcon-kac');
  });

  it.each([undefined, 'autodiscover'] as const)('does not guess a path that depends on the cloud (%s)', (cloud) => {
    const place = () => sensorImage('fcs', { cloud });
    expect(place).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
    expect(sensorImage('falcon-imageanalyzer', { cloud }).name).toBe('falcon-imageanalyzer');
  });
});

describe('parseSensorImageType', () => {
  it('takes every type in any case', () => {
    expect(sensorImageTypes.map((type) => parseSensorImageType(` ${type.toUpperCase()}`))).toEqual(sensorImageTypes);
  });

  it.each(['', 'falcon', 'kpagent', 'constructor'])('refuses %j and lists the types', (text) => {
    expect(() => parseSensorImageType(text)).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', hint: expect.stringContaining('falcon-imageanalyzer, ') }),
    );
  });
});
