import type { InventoryScanRequest } from '../wire/inventory-scan-request.ts';

/** A part of an upload body that may be left out when the body is too large. */
export type OptionalPart =
  | 'whiteout_files'
  | 'interesting_strings'
  | 'ELFBinaries.Details'
  | 'MLModels.Details'
  | 'ApplicationPackages.License'
  | 'HashedFiles'
  | 'ELFBinaries'
  | 'MLModels'
  | 'high_entropy_strings';

/** A part that was left out. */
export interface ShedPart {
  readonly part: OptionalPart;
  /** Entries that were left out, or that lost this member. */
  readonly entries: number;
  /** Bytes by which the body became smaller. */
  readonly bytes: number;
}

/** A body that is as large as it may be, as far as its optional parts allow. */
export interface FittedBody {
  /** JSON in UTF-8. */
  readonly body: Buffer;
  /** In the order in which they were left out; empty where nothing was. */
  readonly shed: readonly ShedPart[];
}

type Inventory = InventoryScanRequest['inventory'];

/** How a part is left out. */
interface Shedding {
  readonly part: OptionalPart;
  /** Entries that have it. */
  count(request: InventoryScanRequest): number;
  without(request: InventoryScanRequest): InventoryScanRequest;
}

/**
 * What is left out first stands first: from what only explains to what the cloud looks for malware and secrets in.
 * Packages, libraries, layers, config and manifest are what an assessment is made of; they always stay.
 */
const order: readonly Shedding[] = [
  inInventory(
    'whiteout_files',
    ({ whiteout_files = [] }) => whiteout_files.length,
    ({ whiteout_files: _, ...rest }) => rest,
  ),
  inInventory(
    'interesting_strings',
    ({ interesting_strings = [] }) => interesting_strings.length,
    ({ interesting_strings: _, ...rest }) => rest,
  ),
  inInventory(
    'ELFBinaries.Details',
    ({ ELFBinaries }) => ELFBinaries.filter(hasDetails).length,
    (inventory) => ({ ...inventory, ELFBinaries: inventory.ELFBinaries.map(withoutDetails) }),
  ),
  inInventory(
    'MLModels.Details',
    ({ MLModels = [] }) => MLModels.filter(hasDetails).length,
    (inventory) => ({ ...inventory, MLModels: (inventory.MLModels ?? []).map(withoutDetails) }),
  ),
  inInventory('ApplicationPackages.License', countLicences, withoutLicences),
  inInventory(
    'HashedFiles',
    ({ HashedFiles = [] }) => HashedFiles.length,
    ({ HashedFiles: _, ...rest }) => rest,
  ),
  inInventory(
    'ELFBinaries',
    ({ ELFBinaries }) => ELFBinaries.length,
    (inventory) => ({ ...inventory, ELFBinaries: [] }),
  ),
  inInventory(
    'MLModels',
    ({ MLModels = [] }) => MLModels.length,
    ({ MLModels: _, ...rest }) => rest,
  ),
  {
    part: 'high_entropy_strings',
    count: ({ high_entropy_strings = [] }) => high_entropy_strings.length,
    without: ({ high_entropy_strings: _, ...rest }) => rest,
  },
];

/** The parts in the order in which they are left out. */
export const optionalParts: readonly OptionalPart[] = order.map(({ part }) => part);

/**
 * Writes a body, and leaves out its optional parts one by one, each as a whole, until it fits or nothing optional is left.
 * What is essential is never left out, so that the body may still be larger.
 *
 * @param limit - Bytes of the JSON.
 */
export function fitBody(request: InventoryScanRequest, limit: number): FittedBody {
  let fitted = request;
  let body = write(fitted);
  const shed: ShedPart[] = [];
  for (const { part, count, without } of order) {
    const entries = body.length > limit ? count(fitted) : 0;
    if (entries === 0) {
      continue;
    }
    const before = body.length;
    fitted = without(fitted);
    body = write(fitted);
    shed.push({ part, entries, bytes: before - body.length });
  }
  return { body, shed };
}

function write(request: InventoryScanRequest): Buffer {
  return Buffer.from(JSON.stringify(request), 'utf8');
}

function inInventory(
  part: OptionalPart,
  count: (inventory: Inventory) => number,
  without: (inventory: Inventory) => Inventory,
): Shedding {
  return {
    part,
    count: ({ inventory }) => count(inventory),
    without: (request) => ({ ...request, inventory: without(request.inventory) }),
  };
}

function hasDetails({ Details }: { readonly Details: unknown }): boolean {
  return typeof Details !== 'object' || Details === null || Object.keys(Details).length > 0;
}

/** The member is required, its content is not. */
function withoutDetails<T extends { readonly Details: unknown }>(entry: T): T {
  return { ...entry, Details: {} };
}

function countLicences({ ApplicationPackages = [] }: Inventory): number {
  return ApplicationPackages.flatMap(({ libraries }) => libraries.filter(({ License }) => License !== undefined))
    .length;
}

function withoutLicences(inventory: Inventory): Inventory {
  const ApplicationPackages = (inventory.ApplicationPackages ?? []).map(({ libraries, type }) => ({
    libraries: libraries.map(({ License: _, ...rest }) => rest),
    type,
  }));
  return { ...inventory, ApplicationPackages };
}
