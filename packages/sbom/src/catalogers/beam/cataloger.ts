import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { baseName, parentName } from '../../catalog/path-selection.ts';
import { type NeedingFacts, namedNeeds } from '../named-needs.ts';
import { listedPackages } from '../package-list.ts';
import { readStatedPackages } from '../read-stated-packages.ts';
import { installedApplication, lockedBeamPackages } from './package.ts';
import { parseApplication } from './parse-application.ts';
import { parseMixLock } from './parse-mix-lock.ts';
import { parseRebarLock } from './parse-rebar-lock.ts';

/** Bytes; the largest of Erlang/OTP has 20 KiB. */
const maxApplicationBytes = 1024 * 1024;
const maxLockBytes = 4 * 1024 * 1024;

/** Applications of Erlang and Elixir that are there in compiled form, and what Mix and Rebar locked. */
export const beamCataloger: Cataloger<NeedingFacts> = {
  name: 'beam',
  version: '1',
  description: {
    title: 'Erlang and Elixir applications (OTP, Hex)',
    selects: ['**/ebin/*.app', '**/mix.lock', '**/rebar.lock'],
    reads: 'applications and what each needs; locked packages with hashes, repositories and commits',
    emits: ['otp', 'hex'],
  },
  select: {
    names: ['mix.lock', 'rebar.lock'],
    suffixes: ['.app'],
    path: (path, kind) => {
      const isEntry = kind !== 'directory' && kind !== 'special';
      return isEntry && (baseName(path).endsWith('.lock') || libraryOf(path) !== undefined);
    },
  },
  isolate: { deadline: 30_000 },
  async extract(file, context) {
    if (file.kind !== 'file') return undefined;
    if (libraryOf(file.path) !== undefined) return extractApplication(file, context);
    const isMix = baseName(file.path) === 'mix.lock';
    const packages = await readStatedPackages(file, context, {
      ...{ what: isMix ? 'a mix.lock' : 'a rebar.lock', maxBytes: maxLockBytes },
      ...{ parse: isMix ? parseMixLock : parseRebarLock, state: lockedBeamPackages },
    });
    return packages === undefined || packages.length === 0 ? undefined : { packages };
  },
  *assemble(view) {
    yield* listedPackages(view);
    yield* namedNeeds(view, libraryOf);
  },
};

async function extractApplication(file: SelectedFile, context: ExtractContext): Promise<NeedingFacts | undefined> {
  const fits = file.size <= maxApplicationBytes;
  const application = fits && parseApplication(new TextDecoder().decode(await file.bytes(maxApplicationBytes)));
  if (application) {
    return { packages: [installedApplication(application)], ...(application.needs && { needs: application.needs }) };
  }
  if (fits) context.problem('malformed', 'no name and version of an application');
  else context.problem('too-large', `${file.size} bytes, the limit is ${maxApplicationBytes}`);
  return undefined;
}

/** The directory that holds the applications: above `name-version/ebin`. */
function libraryOf(path: string): string | undefined {
  if (parentName(path) !== 'ebin') return undefined;
  return path.split('/').slice(0, -3).join('/');
}
