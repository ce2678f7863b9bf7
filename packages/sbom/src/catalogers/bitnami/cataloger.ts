import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { parseSpdx } from '../embedded-sbom/parse-spdx.ts';
import { decodeOwnedPaths } from '../owned-path.ts';
import { listedPackages } from '../package-list.ts';
import { readStatedPackages } from '../read-stated-packages.ts';
import { type BitnamiFacts, bitnamiFacts, bitnamiPackage } from './package.ts';
import { parseBitnamiComponents } from './parse-components.ts';

const listName = '.bitnami_components.json';
const listPath = `opt/bitnami/${listName}`;
const documentPath = /^opt\/bitnami\/(?:.*\/)?\.spdx-[^/]+\.spdx$/;

/** Bytes; real lists have 2 KiB, documents 1 MiB. */
const maxListBytes = 1024 * 1024;
const maxDocumentBytes = 32 * 1024 * 1024;

/** Components of Bitnami's images and what was built into them. */
export const bitnamiCataloger: Cataloger<BitnamiFacts> = {
  name: 'bitnami',
  version: '1',
  description: {
    title: 'Components of Bitnami images',
    selects: ['opt/bitnami/**/.spdx-*.spdx', listPath],
    reads: 'components with revision, architecture and distribution, what was built into each, the files it has',
    emits: ['bitnami', 'as the documents say'],
  },
  select: {
    names: [listName],
    suffixes: ['.spdx'],
    path: (path, kind) => kind !== 'directory' && kind !== 'special' && (path === listPath || documentPath.test(path)),
    known: [listPath],
  },
  isolate: { deadline: 30_000 },
  async extract(file, context) {
    if (file.kind !== 'file') return undefined;
    if (documentPath.test(file.path)) return readDocument(file, context);
    const packages = await readStatedPackages(file, context, {
      ...{ what: `a ${listName}`, maxBytes: maxListBytes, parse: parseBitnamiComponents },
      state: (components) => components.map(bitnamiPackage),
    });
    return packages === undefined || packages.length === 0 ? undefined : { packages };
  },
  *assemble(view) {
    yield* listedPackages(view);
    for (const { path, facts } of view.all()) {
      if (facts.owns === undefined) continue;
      const { key, paths } = facts.owns;
      yield { kind: 'ownership', owner: `${path}|${key}`, pathHashes: decodeOwnedPaths(paths) };
    }
  },
};

async function readDocument(file: SelectedFile, context: ExtractContext): Promise<BitnamiFacts | undefined> {
  if (file.size > maxDocumentBytes) {
    context.problem('too-large', `${file.size} bytes, the limit is ${maxDocumentBytes}`);
    return undefined;
  }
  const document = parseSpdx(new TextDecoder().decode(await file.bytes(maxDocumentBytes)));
  if (document === undefined) {
    context.problem('malformed', 'no SPDX 2 document');
    return undefined;
  }
  if (document.truncated) context.problem('too-large', `more than ${document.components.length} components`);
  return bitnamiFacts(file.path, document);
}
