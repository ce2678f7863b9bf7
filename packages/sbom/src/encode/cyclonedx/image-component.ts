import type { Inventory } from '../../model/inventory.ts';
import { imageName, imagePurl } from '../../purl/image-purl.ts';
import type { CycloneDxComponent, CycloneDxHash } from './document.ts';
import { type PropertyEntry, properties, propertyNamespace } from './properties.ts';

const hashNames: Readonly<Record<string, string>> = { sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' };

/** The image as the component that the document is about. Its `bom-ref` is its digest. */
export function imageComponent({ subject, layers }: Pick<Inventory, 'subject' | 'layers'>): CycloneDxComponent {
  const name = (suffix: string) => `${propertyNamespace}:${suffix}`;
  const { os, architecture, variant, osVersion } = subject.platform;
  const entries: PropertyEntry[] = [
    [name('image:reference'), subject.reference],
    [name('image:identity'), subject.identity],
    [name('image:indexDigest'), subject.indexDigest],
    [name('image:configDigest'), subject.configDigest],
    [name('image:platform'), [os, architecture, variant].filter((part) => part !== undefined).join('/')],
    [name('image:osVersion'), osVersion],
    // What Trivy reads back.
    ['aquasecurity:trivy:ImageID', subject.configDigest],
    ...layers.map(({ diffId }): PropertyEntry => ['aquasecurity:trivy:DiffID', diffId]),
    ...layers.flatMap(({ index, digest, diffId, size, factsFrom }): PropertyEntry[] => [
      [name(`layer:${index}:digest`), digest],
      [name(`layer:${index}:diffId`), diffId],
      [name(`layer:${index}:size`), size],
      [name(`layer:${index}:factsFrom`), factsFrom],
    ]),
  ];
  return {
    type: 'container',
    'bom-ref': subject.digest,
    name: imageName(subject.reference),
    version: subject.digest,
    ...hashes(subject.digest),
    purl: imagePurl(subject),
    properties: properties(entries),
  };
}

function hashes(digest: string): { readonly hashes?: readonly CycloneDxHash[] } {
  const [algorithm = '', content = ''] = digest.split(':');
  const alg = Object.hasOwn(hashNames, algorithm) ? hashNames[algorithm] : undefined;
  return alg === undefined || !/^[0-9a-f]+$/.test(content) ? {} : { hashes: [{ alg, content }] };
}
