import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { indexLayer, type LayerIndex, mergeLayers, walkLayer } from '../packages/layer-extract/src/index.ts';
import type { PackageName } from './package-names.ts';

/** A file of an image layout that names a package, and what became of it. */
interface Statement {
  readonly layer: number;
  readonly path: string;
  readonly text: string;
}

/** Files that are looked into; of larger ones nothing is said. */
const maxBytes = 8 * 1024 * 1024;
const manifests = /(?:^|\/)package\.json$|^var\/lib\/dpkg\/status$|\.dist-info\/METADATA$/;

/**
 * For each package the files of any layer that name it, and whether a container would see them: the proof that a package
 * which somebody lists is not in the image, or that it is.
 */
export async function whereabouts(
  layout: string,
  packages: readonly PackageName[],
): Promise<ReadonlyMap<PackageName, readonly string[]>> {
  const { indexes, statements } = await readLayout(layout);
  const view = mergeLayers(indexes);
  return new Map(
    packages.map((pkg) => {
      const places = statements.filter((statement) => names(statement, pkg));
      const lines = places.map(({ path, layer }) => {
        const file = view.resolve(path);
        const fate =
          file === undefined ? 'deleted later' : file.layer === layer ? 'visible' : `replaced in layer ${file.layer}`;
        return `${path} of layer ${layer}: ${fate}`;
      });
      return [pkg, lines] as const;
    }),
  );
}

async function readLayout(layout: string): Promise<{ indexes: LayerIndex[]; statements: Statement[] }> {
  const blob = (digest: string): string => join(layout, 'blobs', ...digest.split(':'));
  const read = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));
  const index = (await read(join(layout, 'index.json'))) as { manifests: { digest: string }[] };
  const manifest = (await read(blob(index.manifests[0]?.digest ?? ''))) as {
    layers: { digest: string; mediaType: string }[];
  };
  const indexes: LayerIndex[] = [];
  const statements: Statement[] = [];
  for (const [layer, { digest, mediaType }] of manifest.layers.entries()) {
    const indexed = indexLayer(walkLayer({ mediaType, open: () => createReadStream(blob(digest)) }));
    for await (const event of indexed.events) {
      if (event.kind !== 'file' || event.size > maxBytes || !manifests.test(event.path)) continue;
      const chunks: Uint8Array[] = [];
      for await (const chunk of event.content) chunks.push(Buffer.from(chunk));
      statements.push({ layer, path: event.path, text: Buffer.concat(chunks).toString('utf8') });
    }
    indexes.push(indexed.index());
  }
  return { indexes, statements };
}

function names({ path, text }: Statement, { type, name, version }: PackageName): boolean {
  if (type === 'npm') return path.endsWith('package.json') && stated(text, name, version);
  if (type === 'deb') {
    return (
      path.endsWith('dpkg/status') &&
      text.split('\n\n').some((stanza) => {
        return (
          stanza.includes(`Package: ${name}\n`) &&
          stanza.includes(`\nVersion: ${version}\n`) &&
          /^Status: .* installed$/m.test(stanza)
        );
      })
    );
  }
  return path.endsWith('METADATA') && text.includes(`\nName: ${name}\n`) && text.includes(`\nVersion: ${version}\n`);
}

function stated(text: string, name: string, version: string): boolean {
  try {
    const manifest = JSON.parse(text) as { name?: unknown; version?: unknown } | null;
    return manifest?.name === name && manifest.version === version;
  } catch {
    return false; // a template, or test data
  }
}
