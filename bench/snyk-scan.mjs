// node snyk-scan.mjs PLUGIN_FOLDER ARCHIVE OUTPUT: what snyk-docker-plugin finds in an image archive, as JSON.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, archive, output] = process.argv.slice(2);
const { scan } = createRequire(join(folder, 'package.json'))('snyk-docker-plugin');
const { scanResults } = await scan({ path: `oci-archive:${archive}`, 'app-vulns': true });
const packages = scanResults.flatMap(({ identity, facts }) =>
  facts
    .filter(({ type }) => type === 'depGraph')
    .flatMap(({ data }) => data.getDepPkgs().map(({ name, version }) => ({ type: identity.type, name, version }))),
);
writeFileSync(output, JSON.stringify(packages));
