import type { Cataloger, ExtractContext } from '../../catalog/cataloger.ts';
import { baseName } from '../../catalog/path-selection.ts';
import { OwnedPaths } from '../owned-path.ts';
import { splitLines } from '../text/read-lines.ts';
import { listPath, portPath, statusPath, type VcpkgFacts, vcpkgFindings } from './package.ts';
import { parseVcpkgStatus } from './parse-status.ts';
import { parseVcpkgManifest, parseVcpkgSpdx } from './parse-vcpkg-json.ts';

/** Bytes; the list of files of Boost has 2 MiB. */
const maxBytes = 32 * 1024 * 1024;

/** C and C++ packages of vcpkg. */
export const vcpkgCataloger: Cataloger<VcpkgFacts> = {
  name: 'vcpkg',
  version: '1',
  description: {
    title: 'C and C++ packages of vcpkg',
    selects: [
      '**/vcpkg/status',
      '**/vcpkg/updates/*',
      '**/vcpkg/info/*.list',
      '**/share/*/vcpkg.spdx.json',
      '**/vcpkg.json',
    ],
    reads: 'installed packages with triplet, port revision, licence and files; versions that manifests pin',
    emits: ['vcpkg'],
  },
  select: {
    names: ['status', 'vcpkg.spdx.json', 'vcpkg.json'],
    suffixes: ['.list'],
    directories: ['updates'],
    path(path, kind) {
      if (kind === 'directory' || kind === 'special') return false;
      const isManifest = baseName(path) === 'vcpkg.json';
      // A copy of vcpkg itself has thousands of these, one for each port.
      if (isManifest) return !/\/(?:ports|versions)\/[^/]+\/vcpkg\.json$/.test(path);
      return [statusPath, listPath, portPath].some((shape) => shape.test(path));
    },
  },
  isolate: { deadline: 30_000 },
  async extract(file, context) {
    if (file.kind !== 'file') return undefined;
    if (file.size > maxBytes) {
      context.problem('too-large', `${file.size} bytes, the limit is ${maxBytes}`);
      return undefined;
    }
    return readFacts(file.path, new TextDecoder().decode(await file.bytes(maxBytes)), context);
  },
  assemble: vcpkgFindings,
};

function readFacts(path: string, text: string, context: ExtractContext): VcpkgFacts | undefined {
  if (statusPath.test(path)) return { kind: 'status', entries: parseVcpkgStatus(text) };
  if (listPath.test(path)) return { kind: 'list', owned: ownedPaths(path, text) };
  if (portPath.test(path)) {
    const port = parseVcpkgSpdx(text);
    if (port === undefined) context.problem('malformed', 'not the SPDX document of a port');
    return port && { kind: 'port', port };
  }
  const packages = parseVcpkgManifest(text);
  if (packages === undefined) context.problem('malformed', 'not a vcpkg.json');
  return packages === undefined || packages.length === 0 ? undefined : { kind: 'manifest', packages };
}

/** Lines are relative to where vcpkg installs; those of directories end in a slash. */
function ownedPaths(path: string, text: string): string {
  const root = listPath.exec(path)?.[1] ?? '';
  const paths = new OwnedPaths();
  splitLines(text, (line) => {
    if (line !== '' && !line.endsWith('/')) paths.add(root + line);
    return true;
  });
  return paths.encode();
}
