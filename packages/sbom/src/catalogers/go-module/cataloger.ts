import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import type { GoModuleFacts } from './facts.ts';
import { goModuleFile } from './module-files.ts';
import { goModuleFindings } from './package.ts';
import { parseGoMod } from './parse-go-mod.ts';
import { parseGoSum } from './parse-go-sum.ts';
import { parseVendoredModules } from './parse-vendored-modules.ts';

/** Bytes of one file; the `go.sum` of the largest projects has 1 MiB. */
const maxBytes = 8 * 1024 * 1024;

/** What the sources of Go programs in the image require, by their module files. */
export const goModuleCataloger: Cataloger<GoModuleFacts> = {
  name: 'go-module',
  version: '1',
  description: {
    title: 'Go modules (sources)',
    selects: ['**/go.mod', '**/go.sum', '**/vendor/modules.txt'],
    reads: 'required and vendored modules with what replaces them, and their sums',
    emits: ['golang'],
  },
  select: {
    names: ['go.mod', 'go.sum', 'modules.txt'],
    path: (path, kind) => kind !== 'directory' && kind !== 'special' && goModuleFile(path) !== undefined,
  },
  async extract(file, context) {
    const role = file.kind === 'file' ? goModuleFile(file.path) : undefined;
    if (role === undefined) return undefined;
    const text = await textWithin(file, context);
    if (text === undefined) return undefined;
    if (role === 'go.mod') {
      // Empty ones only mark a directory as not of the module around it, and many others are templates.
      const mod = parseGoMod(text);
      return mod && { kind: 'mod', ...mod };
    }
    if (role === 'go.sum') return { kind: 'sum', modules: parseGoSum(text) };
    return { kind: 'vendor', modules: parseVendoredModules(text) };
  },
  assemble: goModuleFindings,
};

async function textWithin(file: SelectedFile, context: ExtractContext): Promise<string | undefined> {
  if (file.size <= maxBytes) return new TextDecoder().decode(await file.bytes(maxBytes));
  context.problem('too-large', `${file.size} bytes, the limit is ${maxBytes}`);
  return undefined;
}
