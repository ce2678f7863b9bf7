import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { buildFile, buildFileDirectories } from './build-files.ts';
import type { RedHatContentFacts } from './facts.ts';
import { redHatContentFindings } from './package.ts';
import { imageLabels, parseBuildJson } from './parse-build-json.ts';
import { parseDockerfileLabels } from './parse-dockerfile-labels.ts';

const maxFileBytes = 4 * 1024 * 1024;

/**
 * The images of Red Hat that an image was built from, each with the repositories its packages came from: which product
 * stream a vulnerability of a package is judged by.
 */
export const redHatContentCataloger: Cataloger<RedHatContentFacts> = {
  name: 'redhat-content',
  version: '1',
  description: {
    title: 'Red Hat build information',
    selects: [
      '{root,usr/share}/buildinfo/content_manifests/*.json',
      '{root,usr/share}/buildinfo/*.json',
      '{root,usr/share}/buildinfo/Dockerfile-*',
    ],
    reads: 'content sets, and the name, version, release, architecture and CPE of each Red Hat image in the image',
    emits: ['generic'],
  },
  select: {
    directories: buildFileDirectories,
    path: (path, kind) => kind !== 'directory' && kind !== 'special' && buildFile(path) !== undefined,
  },
  extract: extractBuildFile,
  assemble: redHatContentFindings,
};

async function extractBuildFile(file: SelectedFile, context: ExtractContext): Promise<RedHatContentFacts | undefined> {
  const place = file.kind === 'file' ? buildFile(file.path) : undefined;
  if (place === undefined) return undefined;
  const text = new TextDecoder().decode(await file.bytes(maxFileBytes));
  if (place.kind === 'dockerfile') {
    const found = parseDockerfileLabels(text);
    const labels = imageLabels((name) => found.get(name));
    return labels && { kind: 'labels', ...labels };
  }
  const facts = parseBuildJson(text);
  const isManifestPlace = file.path.includes('/content_manifests/');
  if (facts === undefined && isManifestPlace) context.problem('malformed', 'it is no content manifest');
  return facts;
}
