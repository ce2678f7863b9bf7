import type { Cataloger } from '../../catalog/cataloger.ts';
import { type PackageListFacts, packageListCataloger } from '../package-list.ts';
import { stateRpm } from '../rpm/state-rpm.ts';
import { readLines } from '../text/read-lines.ts';
import { parseManifestLine } from './parse-manifest-line.ts';

const manifestName = 'container-manifest-2';
const manifestPath = `var/lib/rpmmanifest/${manifestName}`;
const limits = { lineBytes: 64 * 1024, totalBytes: 32 * 1024 * 1024 };

/** Packages of Azure Linux (CBL-Mariner) images without rpm: the list that was made when the image was built. */
export const rpmManifestCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'rpm-manifest',
  version: '1',
  description: {
    title: 'RPM packages of images without an rpm database (Azure Linux, CBL-Mariner)',
    selects: [`**/${manifestPath}`],
    reads: 'names, versions, architectures and source packages of the packages the image was built from',
    emits: ['rpm'],
  },
  select: {
    names: [manifestName],
    path: (path, kind) =>
      kind !== 'directory' && kind !== 'special' && (path === manifestPath || path.endsWith(`/${manifestPath}`)),
    known: [manifestPath],
  },
  async read(file, context) {
    const packages: ReturnType<typeof stateRpm>[] = [];
    let unreadable = 0;
    const end = await readLines(file.stream(), limits, (line) => {
      const pkg = parseManifestLine(line);
      if (pkg !== undefined) packages.push(stateRpm(pkg));
      else if (line.trim() !== '') unreadable += 1;
      return undefined;
    });
    if (end !== 'end') context.problem('too-large', `more than ${limits.totalBytes} bytes, the rest was not read`);
    if (unreadable > 0) context.problem('malformed', `${unreadable} line(s) that state no package`);
    return packages;
  },
});
