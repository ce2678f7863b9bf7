import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inventoryOf } from '../store/store.test-support.ts';
import { createFileSink } from './file-sink.ts';
import { type Report, type Sink, SinkRejection } from './sink.ts';

const { signal } = new AbortController();
const inventory = inventoryOf('app');
const report: Report = {
  identity: inventory.subject.digest,
  reference: 'app:1',
  collectedAt: '2025-06-01T10:00:00Z',
  scanId: '0b0c7f0e-6f8c-4a6f-9a56-111111111111',
  inventory,
  contexts: [{ namespace: 'shop', podName: 'app-1' }],
  contextsOmitted: 0,
};
let directory: string;
let folder: string;
let sink: Sink;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'iar-file-sink-'));
  folder = join(directory, 'reports', report.identity.replace(':', '-'));
  sink = createFileSink({ name: 'file:reports', directory: join(directory, 'reports'), agentVersion: '1.2.3' });
});
afterEach(() => rm(directory, { recursive: true, force: true }));
const stored = async (): Promise<unknown> => JSON.parse(await readFile(join(folder, 'inventory.json'), 'utf8'));

describe('createFileSink', () => {
  it('writes both documents into a folder of the image, and nothing else', async () => {
    await sink.send(report, { signal });
    expect(await readdir(join(directory, 'reports'))).toEqual([report.identity.replace(':', '-')]);
    expect((await readdir(folder)).toSorted()).toEqual(['inventory.json', 'sbom.cdx.json']);
    expect(await stored()).toEqual({ ...inventory, context: report.contexts });
    const sbom = JSON.parse(await readFile(join(folder, 'sbom.cdx.json'), 'utf8')) as {
      metadata: { timestamp: string };
    };
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { timestamp: report.collectedAt } });
  });

  it('writes the same again over itself', async () => {
    await sink.send(report, { signal });
    const before = await readFile(join(folder, 'sbom.cdx.json'), 'utf8');
    await sink.send(report, { signal });
    expect(await readFile(join(folder, 'sbom.cdx.json'), 'utf8')).toBe(before);
  });

  it('adds where else the image runs, and how many places more', async () => {
    await sink.send(report, { signal });
    const contexts = [...report.contexts, { namespace: 'shop', podName: 'app-2' }];
    await sink.extend!(report.identity, { contexts, contextsOmitted: 3 }, { signal });
    expect(await stored()).toEqual({ ...inventory, context: contexts, contextsOmitted: 3 });
    await sink.extend!(report.identity, { contexts: report.contexts, contextsOmitted: 0 }, { signal });
    expect(await stored()).toMatchObject({ context: report.contexts });
  });

  it('does not bring back what somebody took away', async () => {
    await sink.send(report, { signal });
    await rm(folder, { recursive: true });
    await sink.extend!(report.identity, report, { signal });
    expect(await readdir(join(directory, 'reports'))).toEqual([]);
  });

  it('refuses to extend a file that is not what it wrote', async () => {
    await sink.send(report, { signal });
    await writeFile(join(folder, 'inventory.json'), '{"schema":');
    await expect(sink.extend!(report.identity, report, { signal })).rejects.toThrow(SinkRejection);
    expect(await readFile(join(folder, 'inventory.json'), 'utf8')).toBe('{"schema":');
  });

  it('leaves the file that is there and no part of a new one when it is ended', async () => {
    await sink.send(report, { signal });
    const before = await readdir(folder);
    const other = { ...report, collectedAt: '2030-01-01T00:00:00Z' };
    await expect(sink.send(other, { signal: AbortSignal.abort('SIGTERM') })).rejects.toBe('SIGTERM');
    await expect(sink.extend!(report.identity, report, { signal: AbortSignal.abort('SIGTERM') })).rejects.toBe(
      'SIGTERM',
    );
    expect(await readdir(folder)).toEqual(before);
    expect(await readFile(join(folder, 'sbom.cdx.json'), 'utf8')).toContain(report.collectedAt);
  });

  it('fails in a way that is tried again where it cannot write', async () => {
    await mkdir(join(directory, 'reports'));
    await writeFile(folder, 'in the way');
    const failure: unknown = await sink.send(report, { signal }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'EEXIST' });
    expect(failure).not.toBeInstanceOf(SinkRejection);
    await sink.close();
  });
});
