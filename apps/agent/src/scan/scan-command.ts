import { tmpdir } from 'node:os';
import {
  type Cataloger,
  chooseCatalogers,
  createByteBudget,
  defaultMemoryBudget,
  type Inventory,
  SbomError,
  summarize,
} from '@falcon-iar/sbom';
import { availableCatalogers } from '../catalogers/available-catalogers.ts';
import { openIsolation } from '../catalogers/open-isolation.ts';
import { passingSecretKey } from '../catalogers/secret-key.ts';
import { exitCode } from '../cli/exit-code.ts';
import { printable } from '../cli/printable.ts';
import { readCertificates } from '../cli/read-certificates.ts';
import { UsageError } from '../cli/usage-error.ts';
import { inventoryImage } from '../inventory/inventory-image.ts';
import { layersAtOnce } from '../inventory/layers-at-once.ts';
import { createScratch } from '../inventory/scratch.ts';
import type { SeekableMode } from '../inventory/seekable-mode.ts';
import { createLayerMemory, createSharedLayers } from '../inventory/shared-layers.ts';
import { encodeInventory } from './encode-inventory.ts';
import { openTarget } from './open-target.ts';
import { parseOutputs } from './output-spec.ts';
import { parsePlatform } from './platform.ts';
import { createProgress } from './progress.ts';
import { readPassword } from './read-password.ts';
import { parseTarget } from './target.ts';
import { checkOutputs, writeOutputs } from './write-outputs.ts';

/** The options of `iar scan` as the command line gives them. */
export interface ScanOptions {
  readonly output: readonly string[];
  readonly platform?: string;
  readonly username?: string;
  readonly passwordStdin?: boolean;
  readonly insecureUseHttp?: boolean;
  readonly insecureSkipTlsVerify?: boolean;
  readonly caCert?: string;
  readonly registriesConf?: string;
  readonly registryHostsDir?: string;
  readonly seekableLayers?: SeekableMode;
  readonly catalogers?: string;
  readonly failOnProblem?: boolean;
  readonly quiet?: boolean;
  readonly verbose: number;
}

const scratchCapacity = 20 * 1024 ** 3;

/**
 * `iar scan TARGET`: reads one image and writes its inventory in every form that was asked for. Nothing is written
 * before the image has been read and verified to its end.
 *
 * @returns the exit code
 */
export async function scan(targetText: string, options: ScanOptions, signal: AbortSignal): Promise<number> {
  const target = parseTarget(targetText);
  const outputs = parseOutputs(options.output.length > 0 ? options.output : ['table']);
  const platform = parsePlatform(options.platform);
  const catalogers = chosenCatalogers(options.catalogers);
  await checkOutputs(outputs);
  const access = {
    username: options.username,
    password: await readPassword(options),
    insecureUseHttp: options.insecureUseHttp ?? false,
    insecureSkipTlsVerify: options.insecureSkipTlsVerify ?? false,
    ca: options.caCert === undefined ? undefined : await readCertificates(options.caCert),
    registriesConf: options.registriesConf,
    registryHostsDir: options.registryHostsDir,
    onProblem: (error: unknown) => reportLogin(error, options),
  };

  const progress = createProgress(process.stderr, { quiet: options.quiet ?? false });
  await using isolation = openIsolation();
  await using source = await openTarget(target, access, process.env);
  let inventory: Inventory;
  try {
    const content = {
      ...{ catalogers, isolation },
      budget: createByteBudget(defaultMemoryBudget),
      scratch: createScratch(process.env.IAR_SCRATCH_DIR ?? tmpdir(), scratchCapacity),
    };
    const layers = createSharedLayers(createLayerMemory());
    const onProgress = (bytes: number): void => progress.add(bytes);
    const analyze = { ...content, signal };
    const { seekableLayers: seekable = 'off' } = options;
    const onLayer = (): undefined => undefined;
    const image = await source.resolve(
      { platform, signal },
      { analyze, layers, layersAtOnce, onProgress, onLayer, signal },
    );
    progress.start(image);
    inventory = await inventoryImage(image, { ...content, layers, layersAtOnce, seekable, onProgress, signal });
  } finally {
    progress.clear();
  }
  const context = { collectedAt: collectionTime(process.env), originalImageName: target.value };
  await writeOutputs(outputs, (format) => encodeInventory(inventory, format, context), process.stdout);
  if (!options.quiet) {
    reportSummary(inventory);
    reportProblems(inventory, options.verbose > 0);
  }
  return options.failOnProblem && !inventory.complete ? exitCode.partialInventory : exitCode.done;
}

/** That a log-in cannot be used matters only where no other opens the registry; that error then says so itself. */
function reportLogin(error: unknown, { quiet = false, verbose }: ScanOptions): void {
  if (quiet || verbose === 0) return;
  process.stderr.write(`iar: ${printable(error instanceof Error ? error.message : String(error))}\n`);
}

/** Now, or the moment that SOURCE_DATE_EPOCH (seconds) fixes for reproducible documents. */
function collectionTime(env: NodeJS.ProcessEnv): Date {
  const epoch = env.SOURCE_DATE_EPOCH;
  if (epoch === undefined || epoch === '') return new Date();
  if (!/^\d{1,12}$/.test(epoch)) {
    throw new UsageError(`SOURCE_DATE_EPOCH is "${epoch}"`, 'set it to seconds since 1970, or not at all');
  }
  return new Date(Number(epoch) * 1000);
}

function reportSummary(inventory: Inventory): void {
  const { packages, byType } = summarize(inventory);
  const { distro, layers } = inventory;
  const types = byType.map(({ type, packages: count }) => `${count} ${type}`).join(', ');
  const on = distro === undefined ? '' : ` on ${distro.prettyName ?? distro.id}`;
  const text = `${packages} packages${types && ` (${types})`}${on} in ${counted(layers.length, 'layer')}`;
  process.stderr.write(`iar: ${printable(text)}\n`);
  const byTable = layers.filter((layer) => 'factsFrom' in layer).length;
  if (byTable === 0) return;
  const what = 'read by a table of contents: only files that are known by their paths were looked at';
  process.stderr.write(`iar: ${counted(byTable, 'layer')} of ${layers.length} ${what}\n`);
}

function reportProblems({ problems }: Inventory, all: boolean): void {
  if (problems.length === 0) return;
  process.stderr.write(`iar: the inventory is partial: ${counted(problems.length, 'problem')}\n`);
  for (const { cataloger, path, reason } of all ? problems : problems.slice(0, 3)) {
    process.stderr.write(`  ${cataloger}: /${printable(path)}: ${printable(reason)}\n`);
  }
  if (!all && problems.length > 3) process.stderr.write('hint: -v lists them all, -o json has them too\n');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function chosenCatalogers(choice = ''): Cataloger[] {
  const names = choice.split(',').map((name) => name.trim().toLowerCase());
  try {
    return chooseCatalogers(
      names.filter((name) => name !== ''),
      availableCatalogers(passingSecretKey()),
    );
  } catch (error) {
    if (!(error instanceof SbomError)) throw error;
    throw new UsageError(`--catalogers: ${error.message.replace(/^\[\w+\] /, '')}`, 'iar catalogers lists them');
  }
}
