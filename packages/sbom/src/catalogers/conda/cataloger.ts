import type { Cataloger } from '../../catalog/cataloger.ts';
import { condaFindings } from './package.ts';
import { type CondaPackage, parseCondaMeta } from './parse-conda-meta.ts';

/** Bytes; the record names every file of the package with its hash, and the largest packages have 30 000. */
const maxRecordBytes = 64 * 1024 * 1024;

/** Packages that conda, mamba, micromamba and pixi installed. */
export const condaCataloger: Cataloger<CondaPackage> = {
  name: 'conda',
  version: '1',
  description: {
    title: 'conda packages',
    selects: ['**/conda-meta/*.json'],
    reads: 'the record of each installed package, with its build, channel, hashes, needs and files',
    emits: ['conda'],
  },
  select: { directories: ['conda-meta'], path: (path, kind) => kind !== 'directory' && isRecord(path) },
  isolate: { deadline: 30_000 },
  async extract(file, context) {
    if (file.kind !== 'file') return undefined;
    if (file.size > maxRecordBytes) {
      context.problem('too-large', `${file.size} bytes, the limit is ${maxRecordBytes}`);
      return undefined;
    }
    const prefix = file.path.slice(0, file.path.lastIndexOf('conda-meta/'));
    const record = parseCondaMeta(new TextDecoder().decode(await file.bytes(maxRecordBytes)), prefix);
    if (record.kind === 'package') {
      if (record.truncated) context.problem('too-large', 'more files than are read');
      return record.pkg;
    }
    context.problem('malformed', record.reason);
    return undefined;
  },
  assemble: condaFindings,
};

/** Packages have a version and a build in the name of their record; pixi and mamba keep state of their own beside. */
function isRecord(path: string): boolean {
  return /\/?conda-meta\/[^/]+-[^/-]+-[^/-]+\.json$/.test(path);
}
