import { describe, expect, it, vi } from 'vitest';
import { EntryTable } from './entry-table.ts';
import * as keys from './path-key.ts';

vi.mock('./path-key.ts', { spy: true });

describe('EntryTable', () => {
  it('sorts in time when somebody chose paths that share their first bits', () => {
    // What 2^16 tries for each path can do; the real hash is replaced, for the test has no time for them.
    vi.mocked(keys.pathKey).mockImplementation((path) => [7, 0, Number(path) % 1000, (Number(path) * 4) >>> 0]);
    const table = new EntryTable();
    const count = 50_000;
    for (let number = count; number > 0; number--) table.add(String(number), 0, -1);
    const start = performance.now();
    const { entries: bytes } = table.build();
    expect(performance.now() - start).toBeLessThan(2000);
    expect(bytes.byteLength).toBe(count * 16);
    const entries = Array.from({ length: count }, (_, index) =>
      Buffer.from(bytes.subarray(index * 16, index * 16 + 16)),
    );
    expect(entries.every((entry, index) => index === 0 || entries[index - 1]!.compare(entry) < 0)).toBe(true);
  });
});
