import { SbomError } from '../../sbom-error.ts';
import { isPlainToken } from '../text/plain-token.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** How a formula was installed (`INSTALL_RECEIPT.json`). */
export interface HomebrewReceipt {
  /** The tap it came from: `homebrew/core`. */
  readonly tap?: string;
  readonly architecture?: string;
  /** It came because another formula needed it. */
  readonly autoInstalled?: true;
  /** Installed from a binary package, not compiled here. */
  readonly bottle?: boolean;
  /** Names of the formulae it needs to run, without their taps; those they need in turn are among them. */
  readonly dependencies?: readonly string[];
}

/** Dependencies that are kept. */
const maxDependencies = 10_000;

/**
 * Reads a keg's `INSTALL_RECEIPT.json`.
 *
 * @throws SbomError `MALFORMED` when it is no JSON object
 */
export function parseHomebrewReceipt(text: string): HomebrewReceipt {
  const receipt = jsonObject(text);
  const source = asObject(receipt.source);
  const named = Array.isArray(receipt.runtime_dependencies) ? receipt.runtime_dependencies : [];
  const dependencies = named.slice(0, maxDependencies).flatMap((dependency) => {
    const name = asObject(dependency).full_name;
    const short = typeof name === 'string' ? name.slice(name.lastIndexOf('/') + 1) : '';
    return isPlainToken(short) ? [short] : [];
  });
  return withoutUndefined({
    tap: token(source.tap),
    architecture: token(receipt.arch),
    autoInstalled: receipt.installed_on_request === false ? (true as const) : undefined,
    bottle: typeof receipt.poured_from_bottle === 'boolean' ? receipt.poured_from_bottle : undefined,
    dependencies: dependencies.length > 0 ? Array.from(new Set(dependencies)) : undefined,
  });
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SbomError('MALFORMED', 'INSTALL_RECEIPT.json: not readable as JSON', { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new SbomError('MALFORMED', 'INSTALL_RECEIPT.json: not a JSON object');
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function token(value: unknown): string | undefined {
  return typeof value === 'string' && isPlainToken(value) ? value : undefined;
}
