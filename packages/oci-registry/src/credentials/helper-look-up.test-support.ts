import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegistryError } from '../error.ts';
import { dockerConfigKeychain } from './docker-config-keychain.ts';
import type { CredentialHelperOptions } from './helper-options.ts';
import type { ProgramFolder } from './helper-script.test-support.ts';
import type { Keychain, KeychainAnswer } from './keychain.ts';

/** Script of a helper that notes what it is asked for, and has a login to it. */
export const working = `server=$(cat); echo "$1 $server" >>"$dir/asked"; echo '{"ServerURL":"x","Username":"robot","Secret":"s3"}'`;

/** A configuration, and the programs that its helpers are. */
export interface Setup {
  readonly config: unknown;
  readonly programs: ProgramFolder;
  readonly helpers?: Partial<CredentialHelperOptions>;
  readonly onProblem?: (error: RegistryError) => void;
}

/** A keychain that runs the helpers of the folder. */
export function keychainOf({ config, programs, helpers, onProblem }: Setup): Keychain {
  return dockerConfigKeychain({
    load: () => Promise.resolve([{ name: 'config.json', text: JSON.stringify(config) }]),
    helpers: { allow: 'any', path: programs.path, env: { PATH: '/usr/bin:/bin' }, ...helpers },
    onProblem,
  });
}

/** Looks an image up in a new keychain. */
export function lookUp(setup: Setup, image = 'r.example/team/app', signal?: AbortSignal): Promise<KeychainAnswer> {
  const slash = image.indexOf('/');
  const target = { registry: image.slice(0, slash), repository: image.slice(slash + 1) };
  return keychainOf(setup).resolve(target, { signal });
}

/** What the helpers noted. */
export async function asked(programs: ProgramFolder): Promise<string[]> {
  const text = await readFile(join(programs.path, 'asked'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}
