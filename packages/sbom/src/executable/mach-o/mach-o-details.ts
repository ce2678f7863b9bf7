import { withoutUndefined } from '../../catalogers/without-undefined.ts';
import type { JsonObject } from '../../model/json.ts';
import type { MachOFile } from './mach-o-file.ts';
import { hasMachOSymbol } from './mach-o-symbols.ts';

const machines: Readonly<Record<number, string>> = {
  7: 'i386',
  16777223: 'x86_64',
  12: 'arm',
  16777228: 'aarch64',
  33554444: 'arm64_32',
  18: 'ppc',
  16777234: 'ppc64',
};

const types: Readonly<Record<number, string>> = {
  1: 'relocatable',
  2: 'executable',
  4: 'core',
  6: 'shared-object',
  7: 'dynamic-linker',
  8: 'bundle',
  10: 'debug-symbols',
  11: 'kernel-module',
};

const pieFlag = 0x20_0000;
const stackExecution = 0x2_0000;

/** The usual name of a `cputype`. */
export function machOMachineName(cpuType: number): string {
  return machines[cpuType] ?? `machine-${cpuType}`;
}

/** What an inventory says of a Mach-O file: of a universal one what its first machine has, and all machines. */
export async function machODetails(files: readonly MachOFile[]): Promise<JsonObject> {
  const [file] = files;
  if (file === undefined) return {};
  return withoutUndefined({
    bits: file.is64 ? 64 : 32,
    byteOrder: file.littleEndian ? 'little' : 'big',
    machine: machOMachineName(file.cpuType),
    machines: files.length > 1 ? files.map(({ cpuType }) => machOMachineName(cpuType)) : undefined,
    type: types[file.fileType] ?? `type-${file.fileType}`,
    pie: file.fileType === 2 ? (file.flags & pieFlag) !== 0 : undefined,
    nx: (file.flags & stackExecution) === 0,
    canary: await hasMachOSymbol(file, '__stack_chk_fail'),
    libraries: file.libraries.length > 0 ? file.libraries : undefined,
    soname: file.id,
    runpath: file.rpath.length > 0 ? file.rpath : undefined,
    buildId: file.uuid,
  });
}
