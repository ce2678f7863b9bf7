import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseUbuntuProStatus } from './parse-ubuntu-pro.ts';

const status = (...services: unknown[]) => JSON.stringify({ _schema_version: '0.1', attached: true, services });

describe('parseUbuntuProStatus', () => {
  it('is true where any part of the extended maintenance is enabled', () => {
    expect(
      parseUbuntuProStatus(status({ name: 'livepatch', status: 'n/a' }, { name: 'esm-apps', status: 'enabled' })),
    ).toBe(true);
    expect(parseUbuntuProStatus(status({ name: 'esm-infra', status: 'enabled' }))).toBe(true);
  });

  it('is false where none is, whatever else is enabled', () => {
    expect(
      parseUbuntuProStatus(
        status({ name: 'livepatch', status: 'enabled' }, { name: 'esm-apps', status: 'disabled' }, null),
      ),
    ).toBe(false);
  });

  it('is nothing for what is no status', () => {
    for (const text of ['', '{', '[]', 'null', '{"services":{}}']) expect(parseUbuntuProStatus(text)).toBeUndefined();
  });

  it('reads any JSON without throwing', () => {
    fc.assert(fc.property(fc.json(), (text) => parseUbuntuProStatus(`{"services":[${text}]}`) !== null));
  });
});
