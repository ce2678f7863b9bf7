import { runTool } from './run-tool.ts';

/** What readelf(1) and file(1) say of an ELF file, in the words of an inventory. */
export interface ElfReport {
  readonly bits: 32 | 64;
  readonly type: string;
  readonly interpreter?: string;
  readonly libraries?: readonly string[];
  readonly soname?: string;
  readonly rpath?: readonly string[];
  readonly runpath?: readonly string[];
  readonly buildId?: string;
  readonly relro: string;
  readonly nx: boolean;
  readonly pie?: boolean;
  readonly static?: boolean;
  readonly stripped: boolean;
}

const types: Readonly<Record<string, string>> = { EXEC: 'executable', DYN: 'shared-object', REL: 'relocatable' };

/** Asks both tools about some files. */
export async function elfReports(paths: readonly string[]): Promise<ReadonlyMap<string, ElfReport>> {
  const env = { ...process.env, LC_ALL: 'C' };
  const [output, descriptions] = await Promise.all([
    // One file more, so that each is headed by its name even where only one is asked about.
    runTool('readelf', ['-W', '-h', '-l', '-d', '-n', '-S', ...paths, process.execPath], { env }),
    runTool('file', ['-b', '--', ...paths], { env }),
  ]);
  const kinds = descriptions.split('\n');
  const parts = output.split(/^\nFile: (.*)$/m).slice(1);
  const texts = new Map(
    parts.flatMap((path, index) => (index % 2 === 0 ? [[path, parts[index + 1] ?? '']] : [])) as [string, string][],
  );
  return new Map(paths.map((path, index) => [path, parseReport(texts.get(path) ?? '', kinds[index] ?? '')]));
}

function parseReport(text: string, kind: string): ElfReport {
  const all = (pattern: RegExp): string[] => Array.from(text.matchAll(pattern), ([, value]) => value ?? '');
  const first = (pattern: RegExp): string | undefined => pattern.exec(text)?.[1];
  const libraries = all(/\(NEEDED\)\s+Shared library: \[(.*)\]/g);
  const rpath = first(/\(RPATH\)\s+Library rpath: \[(.*)\]/)
    ?.split(':')
    .filter(Boolean);
  const runpath = first(/\(RUNPATH\)\s+Library runpath: \[(.*)\]/)
    ?.split(':')
    .filter(Boolean);
  const [interpreter, soname] = [first(/program interpreter: (.*)\]/), first(/\(SONAME\)\s+Library soname: \[(.*)\]/)];
  const buildId = first(/Build ID: ([0-9a-f]+)/);
  const bindNow = /\(BIND_NOW\)|\(FLAGS\).*BIND_NOW|\(FLAGS_1\).*NOW/.test(text);
  const type = types[first(/^ {2}Type: +(\w+)/m) ?? ''] ?? '';
  const pie = /\(FLAGS_1\).*PIE/.test(text);
  const program = type === 'executable' || pie;
  return {
    bits: text.includes('ELF64') ? 64 : 32,
    type,
    ...(interpreter !== undefined && { interpreter }),
    ...(libraries.length > 0 && { libraries }),
    ...(soname !== undefined && { soname }),
    ...(rpath?.length && { rpath }),
    ...(runpath?.length && { runpath }),
    ...(buildId !== undefined && { buildId }),
    relro: !text.includes('GNU_RELRO') ? 'none' : bindNow ? 'full' : 'partial',
    nx: /GNU_STACK.* RW +[0-9]/.test(text),
    ...(program && { pie, static: /statically linked|static-pie/.test(kind) }),
    stripped: !kind.includes('not stripped'),
  };
}

/** Whether each file needs the function that a compiler's stack protector calls, as nm(1) lists its symbols. */
export async function stackProtected(path: string): Promise<boolean> {
  const dynamic = await runTool('nm', ['-D', path]).catch(() => '');
  const all = await runTool('nm', [path]).catch(() => '');
  return /\b__stack_chk_fail\b/.test(dynamic + all);
}
