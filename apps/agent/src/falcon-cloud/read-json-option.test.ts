import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readFaults } from './read-faults.ts';
import { readFindings } from './read-findings.ts';

describe('readFaults', () => {
  const faults = { uploadInventory: { answer: 'reset', every: 3 }, ipBlocked: true };

  it('takes JSON, or a file of it', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'falcon-faults-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const file = join(directory, 'faults.json');
    await writeFile(file, JSON.stringify(faults));
    expect([await readFaults(JSON.stringify(faults)), await readFaults(file)]).toEqual([faults, faults]);
  });

  it.each([
    ['{"uploadInventory":', /no JSON/],
    ['/nonexistent/faults.json', /cannot read \/nonexistent/],
    ['{"uploadInventory":{"answer":99}}', /uploadInventory\.answer/],
    ['{"downloadInventory":{}}', /downloadInventory/],
  ])('refuses %s', async (text, message) => {
    await expect(readFaults(text)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(message),
    });
  });
});

describe('readFindings', () => {
  const found = {
    vulnerabilities: [{ cveId: 'CVE-2026-1', packageName: 'zlib', severity: 'high', cvssScore: 7.5 }],
    detections: [{ id: '1', type: 'secret', name: 'key', severity: 'low' }],
  };

  it('takes vulnerabilities and detections', async () => {
    expect(await readFindings(JSON.stringify(found))).toEqual(found);
  });

  it.each([
    ['{"vulnerabilities":[{"cveId":"CVE-2026-1"}]}', /vulnerabilities\[0\]\.packageName/],
    ['{"detections":[{"id":"1","type":"secret","name":"key","severity":"bad"}]}', /severity/],
  ])('refuses %s', async (text, message) => {
    await expect(readFindings(text)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(message),
    });
  });
});
