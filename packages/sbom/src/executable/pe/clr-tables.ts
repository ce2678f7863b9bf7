import type { ByteFields } from '../byte-fields.ts';

/** A column of a metadata table: bytes, a heap, the row of a table, or the row of one of several tables. */
type Column =
  | number
  | 'string'
  | 'guid'
  | 'blob'
  | { readonly table: number }
  | { readonly tagBits: number; readonly tables: readonly number[] };

const row = (table: number): Column => ({ table });
const typeDefOrRef: Column = { tagBits: 2, tables: [0x02, 0x01, 0x1b] };
const hasConstant: Column = { tagBits: 2, tables: [0x04, 0x08, 0x17] };
const hasCustomAttribute: Column = {
  tagBits: 5,
  tables: [
    ...[0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0a, 0x00, 0x0e, 0x17, 0x14],
    ...[0x11, 0x1a, 0x1b, 0x20, 0x23, 0x26, 0x27, 0x28, 0x2a, 0x2c, 0x2b],
  ],
};
const hasFieldMarshal: Column = { tagBits: 1, tables: [0x04, 0x08] };
const hasDeclSecurity: Column = { tagBits: 2, tables: [0x02, 0x06, 0x20] };
const memberRefParent: Column = { tagBits: 3, tables: [0x02, 0x01, 0x1a, 0x06, 0x1b] };
const hasSemantics: Column = { tagBits: 1, tables: [0x14, 0x17] };
const methodDefOrRef: Column = { tagBits: 1, tables: [0x06, 0x0a] };
const memberForwarded: Column = { tagBits: 1, tables: [0x04, 0x06] };
const customAttributeType: Column = { tagBits: 3, tables: [0x06, 0x0a] };
const resolutionScope: Column = { tagBits: 2, tables: [0x00, 0x1a, 0x23, 0x01] };

/** The columns of the tables up to `AssemblyRef`, by the number of the table (ECMA-335, II.22). */
const columns: readonly (readonly Column[])[] = [
  [2, 'string', 'guid', 'guid', 'guid'],
  [resolutionScope, 'string', 'string'],
  [4, 'string', 'string', typeDefOrRef, row(0x04), row(0x06)],
  [row(0x04)],
  [2, 'string', 'blob'],
  [row(0x06)],
  [4, 2, 2, 'string', 'blob', row(0x08)],
  [row(0x08)],
  [2, 2, 'string'],
  [row(0x02), typeDefOrRef],
  [memberRefParent, 'string', 'blob'],
  [2, hasConstant, 'blob'],
  [hasCustomAttribute, customAttributeType, 'blob'],
  [hasFieldMarshal, 'blob'],
  [2, hasDeclSecurity, 'blob'],
  [2, 4, row(0x02)],
  [4, row(0x04)],
  ['blob'],
  [row(0x02), row(0x14)],
  [row(0x14)],
  [2, 'string', typeDefOrRef],
  [row(0x02), row(0x17)],
  [row(0x17)],
  [2, 'string', 'blob'],
  [2, row(0x06), hasSemantics],
  [row(0x02), methodDefOrRef, methodDefOrRef],
  ['string'],
  ['blob'],
  [2, memberForwarded, 'string', row(0x1a)],
  [4, row(0x04)],
  [4, 4],
  [4],
  [4, 2, 2, 2, 2, 4, 'blob', 'string', 'string'],
];

/** Number of the table that describes the assembly itself. */
export const assemblyTable = 0x20;

/** Where a row of the metadata tables lies, and how wide references to the heaps are. */
export interface ClrTables {
  /** Offset of the first row of the `Assembly` table from the begin of the stream; undefined where it has none. */
  readonly assembly: number | undefined;
  readonly stringIndexBytes: 2 | 4;
  readonly blobIndexBytes: 2 | 4;
}

/** Reads the header of the stream `#~` (ECMA-335, II.24.2.6): which tables there are and how wide their columns. */
export function parseClrTables(stream: ByteFields): ClrTables {
  const heapSizes = stream.u8(6);
  const heap = (flag: number): 2 | 4 => ((heapSizes & flag) !== 0 ? 4 : 2);
  const counts = new Map<number, number>();
  let at = 24;
  for (let table = 0; table < 64; table += 1) {
    const present = (stream.u32(table < 32 ? 8 : 12) >>> (table % 32)) & 1;
    if (present === 0) continue;
    counts.set(table, stream.u32(at));
    at += 4;
  }
  const [stringIndexBytes, blobIndexBytes] = [heap(1), heap(4)];
  const width = (column: Column): number => {
    if (typeof column === 'number') return column;
    if (column === 'string') return stringIndexBytes;
    if (column === 'guid') return heap(2);
    if (column === 'blob') return blobIndexBytes;
    if ('table' in column) return (counts.get(column.table) ?? 0) < 0x1_0000 ? 2 : 4;
    const most = Math.max(...column.tables.map((table) => counts.get(table) ?? 0));
    return most < 2 ** (16 - column.tagBits) ? 2 : 4;
  };
  for (let table = 0; table < assemblyTable; table += 1) {
    const rowBytes = (columns[table] ?? []).reduce((sum: number, column) => sum + width(column), 0);
    at += (counts.get(table) ?? 0) * rowBytes;
  }
  const assembly = (counts.get(assemblyTable) ?? 0) > 0 ? at : undefined;
  return { assembly, stringIndexBytes, blobIndexBytes };
}
