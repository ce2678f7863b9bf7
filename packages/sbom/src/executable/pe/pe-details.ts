import { withoutUndefined } from '../../catalogers/without-undefined.ts';
import type { JsonObject } from '../../model/json.ts';
import { isUpxPe } from '../upx.ts';
import { type PeFile, peDirectory } from './pe-file.ts';
import { peImports } from './pe-imports.ts';
import { readPeVersionInfo } from './pe-version-info.ts';

const machines: Readonly<Record<number, string>> = {
  332: 'i386',
  448: 'arm',
  452: 'arm',
  43620: 'aarch64',
  34404: 'x86_64',
  512: 'ia64',
  20580: 'riscv',
  3772: 'efi-bytecode',
};

const dllFlag = 0x2000;
const dynamicBase = 0x40;
const nxCompatible = 0x100;
const controlFlowGuard = 0x4000;

/** The usual name of an `IMAGE_FILE_MACHINE_…`. */
export function peMachineName(machine: number): string {
  return machines[machine] ?? `machine-${machine}`;
}

/** What an inventory says of a PE file: what it is, what it is linked with, its protections and its version resource. */
export async function peDetails(pe: PeFile): Promise<JsonObject> {
  const libraries = await peImports(pe);
  const version = await readPeVersionInfo(pe);
  const protection = (flag: number): boolean => (pe.dllCharacteristics & flag) !== 0;
  return withoutUndefined({
    bits: pe.is64 ? 64 : 32,
    byteOrder: 'little',
    machine: peMachineName(pe.machine),
    type: (pe.characteristics & dllFlag) !== 0 ? 'shared-object' : 'executable',
    pie: protection(dynamicBase),
    nx: protection(nxCompatible),
    controlFlowGuard: protection(controlFlowGuard),
    dotnet: (pe.directories[peDirectory.clr]?.size ?? 0) > 0 || undefined,
    libraries: libraries.length > 0 ? libraries : undefined,
    productName: version?.ProductName,
    productVersion: version?.ProductVersion,
    fileVersion: version?.FileVersion,
    companyName: version?.CompanyName,
    packer: isUpxPe(pe) ? 'upx' : undefined,
  });
}
