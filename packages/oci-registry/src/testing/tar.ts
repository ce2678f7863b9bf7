import { pack } from 'tar-stream';

/** One entry of a layer to be built. */
export interface TarEntry {
  /** Path without a leading slash. */
  readonly path: string;
  /** Body of a file; a string is written as UTF-8. Default empty. */
  readonly content?: string | Uint8Array | undefined;
  /** Default `file`. */
  readonly type?: 'file' | 'directory' | 'symlink' | 'link' | undefined;
  /** Target of a symlink or hard link. */
  readonly target?: string | undefined;
  /** Permission bits. Default 0o644, 0o755 for directories. */
  readonly mode?: number | undefined;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}

/** Writes a tar archive. The same entries always give the same bytes. */
export async function buildTar(entries: readonly TarEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { path, content = '', type = 'file', target, mode, uid = 0, gid = 0 } of entries) {
    const body = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
    const header = {
      name: path,
      type,
      uid,
      gid,
      mode: mode ?? (type === 'directory' ? 0o755 : 0o644),
      mtime: new Date(0),
      ...(target !== undefined && { linkname: target }),
    };
    if (type === 'file') archive.entry(header, body);
    else archive.entry(header);
  }
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}
