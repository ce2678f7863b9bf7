import { describe, expect, it } from 'vitest';
import { exchangeOf } from '../read-desk.test-support.ts';
import { readReport } from './read-report.ts';
import type { ReportFormat } from './report-format.ts';

const bom = { bomFormat: 'CycloneDX', specVersion: '1.5' };

function read(format: ReportFormat, json: unknown): unknown {
  return readReport(
    format,
    json,
    exchangeOf({ method: 'GET', path: '/r' }, 'http://cloud.test', { status: 200, json }),
  );
}

describe('readReport', () => {
  it.each([
    ['as the only resource', { meta: {}, resources: [bom] }],
    ['as a lone object', { meta: {}, resources: bom }],
    ['as JSON in a string', { meta: {}, resources: [JSON.stringify(bom)] }],
    ['without an envelope', bom],
  ])('takes a report %s', (_, document) => {
    expect(read('cyclonedx-json', document)).toEqual(bom);
  });

  it('takes a SARIF log and a report of the cloud’s own without an envelope', () => {
    expect(read('sarif', { version: '2.1.0', runs: [] })).toEqual({ version: '2.1.0', runs: [] });
    expect(read('json', { ImageInfo: { Size: '7' }, Layers: null })).toMatchObject({
      ...{ ImageInfo: { Size: 7 }, Layers: [], Vulnerabilities: [], OSInfo: {}, ScanInfo: {} },
    });
  });

  it.each([
    ['another form', 'sarif', { resources: [bom] }, 'RESPONSE_INVALID'],
    ['a text that is no JSON', 'json', { resources: ['{'] }, 'RESPONSE_INVALID'],
    ['several', 'json', { resources: [{ ImageInfo: {} }, { ImageInfo: {} }] }, 'RESPONSE_INVALID'],
    ['none', 'json', { meta: {}, resources: null }, 'NOT_FOUND'],
    ['a report without an image', 'json', { resources: [{}] }, 'RESPONSE_INVALID'],
  ] as const)('refuses %s', (_, format, document, code) => {
    expect(() => read(format, document)).toThrow(expect.objectContaining({ code }));
  });
});
