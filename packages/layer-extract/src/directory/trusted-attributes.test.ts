import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { showsTrustedAttributes } from './trusted-attributes.ts';

let proc: string;

beforeEach(async () => {
  proc = await mkdtemp(join(tmpdir(), 'trusted-attributes-'));
  await mkdir(join(proc, 'self'));
});

afterEach(async () => {
  await rm(proc, { recursive: true });
});

const everything = '000001ffffffffff';
const dropped = '00000000a80425fb';
const none = '0000000000000000';
const initial = '         0          0 4294967295\n';

async function shown(uid: number, effective: string, ambient: string, mapping: string): Promise<boolean> {
  const lines = [`Name:\tnode`, `Uid:\t1000\t${uid}\t0\t0`, `CapPrm:\t${everything}`, `CapEff:\t${effective}`];
  await writeFile(join(proc, 'self/status'), [...lines, `CapAmb:\t${ambient}`, ''].join('\n'));
  await writeFile(join(proc, 'self/uid_map'), mapping);
  return await showsTrustedAttributes(proc);
}

describe('showsTrustedAttributes', () => {
  it('holds for root of the machine alone', async () => {
    expect(await shown(0, everything, none, initial)).toBe(true);
    expect(await shown(0, dropped, none, initial)).toBe(false);
    expect(await shown(0, everything, none, '         0       1000          1\n')).toBe(false);
    expect(await shown(1000, none, none, initial)).toBe(false);
  });

  it('holds for another user only where the programs it starts have the capability too', async () => {
    expect(await shown(1000, everything, none, initial)).toBe(false);
    expect(await shown(1000, everything, everything, initial)).toBe(true);
  });

  it('does not hold where procfs says nothing', async () => {
    expect(await showsTrustedAttributes(proc)).toBe(false);
    expect(await shown(0, 'no mask', none, initial)).toBe(false);
  });
});
