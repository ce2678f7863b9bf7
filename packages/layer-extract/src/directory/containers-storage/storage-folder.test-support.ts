import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { endOfArchive, rawEntry } from '../../layer.test-support.ts';

/** A containers/storage folder with one layer, as Podman would leave it. */
export class StorageFolder {
  readonly root: string;
  /** Of the layer. */
  readonly id: string = 'a'.repeat(64);
  /** Folder of the layer's files, relative to the root. */
  readonly diff: string = `overlay/${this.id}/diff`;
  /** File with the layer's tar-split, relative to the root. */
  readonly split: string = `overlay-layers/${this.id}.tar-split.gz`;

  constructor(root: string) {
    this.root = root;
  }

  /** Makes the folders that are always there. */
  async make(): Promise<void> {
    await mkdir(join(this.root, 'overlay-layers'));
    await mkdir(join(this.root, this.diff), { recursive: true });
  }

  /** Stores a layer of these files (names latin-1) and gives its archive. */
  async store(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
    const lines: object[] = [];
    const archive: Buffer[] = [];
    const segment = (bytes: Buffer): void => {
      lines.push({ type: 2, payload: bytes.toString('base64'), position: lines.length });
      archive.push(bytes);
    };
    for (const [name, content] of Object.entries(files)) {
      const body = Buffer.from(content as string);
      const entry = rawEntry({ name: latin1(name), body });
      segment(entry.subarray(0, 512));
      const named = /[\x80-\xff]/.test(name) ? { name_raw: latin1(name).toString('base64') } : { name };
      lines.push({ type: 1, ...named, size: body.byteLength, payload: 'AAAAAAAAAAA=', position: lines.length });
      archive.push(body);
      segment(entry.subarray(512 + body.byteLength));
      await mkdir(latin1(dirname(join(this.root, this.diff, name))), { recursive: true });
      await writeFile(latin1(join(this.root, this.diff, name)), body);
    }
    segment(endOfArchive);
    await this.writeSplit(lines.map((line) => JSON.stringify(line)).join('\n'));
    const bytes = Buffer.concat(archive);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    await this.writeRecords([{ id: this.id, 'diff-digest': digest, 'diff-size': bytes.byteLength }]);
    return bytes;
  }

  /** Writes the layer's tar-split: a JSON object in each line. */
  async writeSplit(text: string): Promise<void> {
    await writeFile(join(this.root, this.split), gzipSync(text));
  }

  /** Writes the list of layers. */
  async writeRecords(records: unknown): Promise<void> {
    await writeFile(join(this.root, 'overlay-layers/layers.json'), JSON.stringify(records));
  }
}

function latin1(path: string): Buffer {
  return Buffer.from(path, 'latin1');
}
