import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from './run-tool.ts';

/** Writes a layer with one installed npm package. @returns the tar, in the folder that is given */
export async function npmPackageLayer(directory: string, name: string, version: string): Promise<string> {
  const tree = join(directory, 'layer');
  const folder = join(tree, 'opt/extra/node_modules', name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, version }));
  const file = join(directory, 'layer.tar');
  const asRoot = ['--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--sort=name'];
  await runTool('tar', ['-C', tree, ...asRoot, '-cf', file, 'opt']);
  return file;
}
