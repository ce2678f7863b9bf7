import type { RandomAccess } from '../catalog/cataloger.ts';
import type { JsonObject } from '../model/json.ts';
import { elfDetails, elfHeadDetails } from './elf/elf-details.ts';
import { executableFormat } from './executable-head.ts';
import { openExecutable } from './executable-image.ts';
import { machODetails } from './mach-o/mach-o-details.ts';
import { peDetails } from './pe/pe-details.ts';

/**
 * What the tables of an executable tell: machine and type, linked libraries, build id, hardening. Plain JSON, empty where
 * it is no executable.
 */
export async function describeExecutable(access: RandomAccess): Promise<JsonObject> {
  const files = (await openExecutable(access)).map(({ file }) => file);
  switch (files[0]?.format) {
    case 'elf':
      return elfDetails(files[0]);
    case 'pe':
      return peDetails(files[0]);
    case 'mach-o':
      return machODetails(files.filter((file) => file.format === 'mach-o'));
    default:
      return {};
  }
}

/** The part of it that the first bytes tell. */
export function describeHead(head: Uint8Array): JsonObject {
  return executableFormat(head) === 'elf' ? elfHeadDetails(head) : {};
}
