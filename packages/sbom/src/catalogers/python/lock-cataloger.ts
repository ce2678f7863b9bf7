import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { baseName } from '../../catalog/path-selection.ts';
import { type PackageListFacts, packageListCataloger, type StatedPackage } from '../package-list.ts';
import { declaredPythonPackages, maxLockedPackages, type PythonLock } from './locked-package.ts';
import { markerEnvironment } from './marker-environment.ts';
import { parsePipfileLock } from './parse-pipfile-lock.ts';
import { parseRequirementsText } from './parse-requirements-text.ts';
import { parseTomlLock } from './parse-toml-lock.ts';

/** Bytes of a lock file; those of the largest projects have a third. */
const maxLockBytes = 16 * 1024 * 1024;

const tomlNames: readonly string[] = ['poetry.lock', 'pdm.lock', 'uv.lock', 'pylock.toml'];

/** What lock files and pinned requirements of Python projects declare. */
export const pythonLockCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'python-lock',
  version: '1',
  description: {
    title: 'Python lock files and pinned requirements',
    selects: [
      ...[...tomlNames, 'pylock.*.toml', 'Pipfile.lock', '*requirements*.txt'].map((name) => `**/${name}`),
      '**/requirements/*.txt',
    ],
    reads: 'the locked packages of Poetry, PDM, uv, Pipenv and PEP 751, and requirements pinned to one version',
    emits: ['pypi'],
  },
  select: {
    names: [...tomlNames, 'Pipfile.lock'],
    suffixes: ['.txt', '.toml'],
    path: (path, kind) => kind === 'file' && parserFor(path) !== undefined && !isInstalled(path),
  },
  isolate: { deadline: 30_000 },
  read: readLock,
});

async function readLock(file: SelectedFile, context: ExtractContext): Promise<StatedPackage[] | undefined> {
  const parse = parserFor(file.path);
  if (parse === undefined) return undefined;
  if (file.size > maxLockBytes) {
    context.problem('too-large', `${file.size} bytes, the limit is ${maxLockBytes}`);
    return undefined;
  }
  const lock = parse(new TextDecoder().decode(await file.bytes(maxLockBytes)), file.path);
  if (lock.kind === 'malformed') {
    context.problem('malformed', lock.reason);
    return undefined;
  }
  if (lock.truncated) context.problem('too-large', `more than ${maxLockedPackages} packages`);
  return declaredPythonPackages(lock.packages);
}

function parserFor(path: string): ((text: string, path: string) => PythonLock) | undefined {
  const name = baseName(path);
  if (tomlNames.includes(name) || /^pylock\.[^.]+\.toml$/.test(name)) return parseTomlLock;
  if (name === 'Pipfile.lock') return parsePipfileLock;
  return /(?:^|\/)(?:[^/]*requirements[^/]*|requirements\/[^/]+)\.txt$/i.test(path) ? readRequirements : undefined;
}

function readRequirements(text: string, path: string): PythonLock {
  return parseRequirementsText(text, markerEnvironment(path));
}

/** What came with an installed package speaks for its own development. */
function isInstalled(path: string): boolean {
  return /(?:^|\/)(?:(?:site|dist)-packages|node_modules)\//.test(path);
}
