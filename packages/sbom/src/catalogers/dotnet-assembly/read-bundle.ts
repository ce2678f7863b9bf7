import type { RandomAccess } from '../../catalog/cataloger.ts';
import { ByteFields } from '../../executable/byte-fields.ts';
import type { ExecutableImage } from '../../executable/executable-image.ts';
import { findBytes } from '../../executable/find-bytes.ts';
import { readRange } from '../../executable/read-range.ts';

/** A .NET program that holds its assemblies in one file. */
export interface DotnetBundle {
  /** Version of the bundle's format: 1 is .NET Core 3, 2 is .NET 5, 6 is .NET 6 and newer. */
  readonly formatVersion: number;
  /** The program's `deps.json`; undefined where the bundle has none. */
  readonly dependencies: Uint8Array | undefined;
}

/** The SHA-256 of `.net core bundle` and a line feed, before which the host looks for the place of the header. */
const signature = Buffer.from('8b1202b96a612038727b930214d7a03213f5b9e6efae3318ee3b2dce24b36aae', 'hex');
const maxSearchBytes = 32 * 1024 * 1024;
const maxIdBytes = 4_096;
const maxDependenciesBytes = 16 * 1024 * 1024;
const maxFormatVersion = 16;

/**
 * Finds the header of a single-file bundle by the mark that every .NET host carries (dotnet/designs, "The Single-file
 * Bundler"); it is searched in the program's data.
 *
 * @returns undefined where the executable is no bundle
 */
export async function readDotnetBundle(image: ExecutableImage): Promise<DotnetBundle | undefined> {
  for (const range of image.ranges) {
    if (!range.data) continue;
    const search = { offset: range.offset, size: Math.min(range.size, maxSearchBytes) };
    for await (const found of findBytes(image.access, search, signature)) {
      const header = new ByteFields(await readRange(image.access, found - 8, 8)).u64(0);
      // A host that is no bundle has zero there.
      return header === 0 ? undefined : readHeader(image.access, header);
    }
  }
  return undefined;
}

async function readHeader(access: RandomAccess, offset: number): Promise<DotnetBundle | undefined> {
  const fields = new ByteFields(await readRange(access, offset, 12 + 2 + maxIdBytes + 40));
  const formatVersion = fields.u32(0);
  if (formatVersion < 1 || formatVersion > maxFormatVersion) return undefined;
  if (formatVersion < 2) return { formatVersion, dependencies: undefined };
  const [idLength, idBegin] =
    fields.u8(12) < 0x80 ? [fields.u8(12), 13] : [(fields.u8(12) & 0x7f) + fields.u8(13) * 128, 14];
  const at = idBegin + Math.min(idLength, maxIdBytes);
  const [begin, size] = [fields.u64(at), fields.u64(at + 8)];
  if (size === 0 || size > maxDependenciesBytes) return { formatVersion, dependencies: undefined };
  return { formatVersion, dependencies: await readRange(access, begin, size) };
}
