import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import type { ImageView } from '../../catalog/file-view.ts';
import type { Finding } from '../../catalog/finding.ts';
import { describeExecutable, describeHead } from '../../executable/describe-executable.ts';
import { executableFormat } from '../../executable/executable-head.ts';
import { SbomError } from '../../sbom-error.ts';
import type { ExecutableFacts } from './facts.ts';
import { isScript, scriptDetails } from './script.ts';
import { sha256Of } from './sha256.ts';

const minBytes = 64;
const anyExecute = 0o111;

/**
 * Hashes every executable, library and script as it passes, and says of executables what their headers tell. What is an
 * executable decides its content, not its name or mode; of scripts only those that may be run count.
 */
export const executableCataloger: Cataloger<ExecutableFacts> = {
  name: 'executable',
  version: '1',
  description: {
    title: 'Executables, libraries and scripts',
    selects: ['executables (ELF, PE, Mach-O)', 'scripts (#!) that may be run'],
    reads: 'SHA-256, and of executables machine, linked libraries, build id and hardening',
    emits: ['files'],
  },
  select: {
    magic: (head, { size, mode }) =>
      (size >= minBytes && executableFormat(head) !== undefined) || ((mode & anyExecute) !== 0 && isScript(head)),
  },
  extract(file, context) {
    if (file.kind !== 'file') return Promise.resolve(undefined);
    const format = executableFormat(file.head);
    return format === undefined ? extractScript(file) : extractExecutable(file, format, context);
  },
  *assemble(view: ImageView<ExecutableFacts>): Iterable<Finding> {
    for (const { path, layer, facts } of view.all()) yield { kind: 'file', file: { path, layer, ...facts } };
  },
};

async function extractScript(file: SelectedFile): Promise<ExecutableFacts> {
  const { size, mode, head } = file;
  return { format: 'script', size, mode, sha256: await sha256Of(file.stream()), details: scriptDetails(head) };
}

async function extractExecutable(
  file: SelectedFile,
  format: ExecutableFacts['format'],
  context: ExtractContext,
): Promise<ExecutableFacts> {
  const { size, mode, head } = file;
  // Both ways to the body are asked for before anything is waited for.
  const [sha256, access] = await Promise.allSettled([sha256Of(file.stream()), file.random()]);
  if (sha256.status === 'rejected') throw sha256.reason;
  const facts = { format, size, mode, sha256: sha256.value };
  if (access.status === 'fulfilled') return { ...facts, details: await describeExecutable(access.value) };
  if (!(access.reason instanceof SbomError && access.reason.code === 'FILE_TOO_LARGE')) throw access.reason;
  context.problem('too-large', `hashed, but its tables were not read: ${size} bytes fit neither memory nor scratch`);
  return { ...facts, details: describeHead(head) };
}
