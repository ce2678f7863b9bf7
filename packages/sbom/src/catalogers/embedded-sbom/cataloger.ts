import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { baseName } from '../../catalog/path-selection.ts';
import { type PackageListFacts, packageListCataloger, type StatedPackage } from '../package-list.ts';
import { isFields, parseJson } from '../text/json-fields.ts';
import { sbomPackages } from './package.ts';
import { cycloneDxDocument, parseCycloneDx } from './parse-cyclonedx.ts';
import { parseSpdx, spdxDocument } from './parse-spdx.ts';
import { syftDocument } from './parse-syft.ts';
import type { SbomDocument } from './sbom-component.ts';

/** Bytes; documents of large images have 20 MiB. */
const maxBytes = 64 * 1024 * 1024;

/** Directories where whoever built the image puts documents about what is in it. */
const vendorDirectories =
  /^(?:usr\/(?:local\/)?(?:share|lib)\/sboms?|usr\/share\/doc\/sboms?|var\/lib\/db\/sbom|sboms?|opt\/[^/]+\/(?:share\/)?sboms?)\//;

/** Documents that catalogers of their own read: Bitnami's, and those of Python's wheels (PEP 770). */
const readElsewhere = /^opt\/bitnami\/(?:.*\/)?\.spdx-[^/]+\.spdx$|\/[^/]+\.(?:dist|egg)-info\/sboms\//;

/** Names that only such documents have; others of the names below may be anything. */
const certain = /\.(?:spdx|spdx\.json|cdx\.json|cdx\.xml|syft\.json)$/i;

/** Packages that software bills of materials in the image name. */
export const embeddedSbomCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'embedded-sbom',
  version: '1',
  description: {
    title: 'Software bills of materials in the image',
    selects: [
      '**/*.spdx',
      '**/*.spdx.json',
      '**/*.cdx.json',
      '**/*.cdx.xml',
      '**/*.syft.json',
      '**/*.cyclonedx.{json,xml}',
      '**/{bom,sbom}.{json,xml}',
      '**/*.sbom.json',
    ],
    reads:
      'components with package URLs from SPDX 2 (JSON, tag-value), CycloneDX (JSON, XML) and Syft, as installed below directories that vendors keep for them, else as declared',
    emits: ['as the documents say'],
  },
  select: {
    names: ['bom.json', 'bom.xml', 'sbom.json', 'sbom.xml'],
    suffixes: [
      '.spdx',
      '.spdx.json',
      '.cdx.json',
      '.cdx.xml',
      '.syft.json',
      '.cyclonedx.json',
      '.cyclonedx.xml',
      '.sbom.json',
    ],
    path: (path, kind) => kind !== 'directory' && kind !== 'special' && !readElsewhere.test(path),
  },
  isolate: { deadline: 30_000 },
  async read(file, context) {
    const isCertain = certain.test(baseName(file.path));
    if (file.size > maxBytes) {
      if (isCertain) context.problem('too-large', `${file.size} bytes, the limit is ${maxBytes}`);
      return undefined;
    }
    const document = parseSbom(new TextDecoder().decode(await file.bytes(maxBytes)));
    if (document !== undefined) return packagesOf(document, file, context);
    if (isCertain) context.problem('malformed', 'no bill of materials in SPDX 2, CycloneDX or the form of Syft');
    return undefined;
  },
});

/** Reads a bill of materials in whichever format it is. @returns undefined where it is none. Never throws. */
export function parseSbom(text: string): SbomDocument | undefined {
  const start = /^[\s\u{feff}]*(.)/u.exec(text.slice(0, 1_024))?.[1];
  if (start === '<') return parseCycloneDx(text);
  if (start !== '{') return parseSpdx(text);
  const document = parseJson(text);
  if (!isFields(document)) return undefined;
  return cycloneDxDocument(document) ?? spdxDocument(document) ?? syftDocument(document);
}

function packagesOf(document: SbomDocument, file: SelectedFile, context: ExtractContext): readonly StatedPackage[] {
  const { format, components, truncated } = document;
  if (truncated) context.problem('too-large', `more than ${components.length} components`);
  const scope = vendorDirectories.test(file.path) ? 'installed' : 'declared';
  return sbomPackages(components, scope).map((pkg) => ({ ...pkg, details: { ...pkg.details, statedBy: format } }));
}
