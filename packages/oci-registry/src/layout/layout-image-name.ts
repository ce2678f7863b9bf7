import { basename, resolve } from 'node:path';
import { isDigest } from '../reference/digest.ts';
import { isTag } from '../reference/parse-reference.ts';

/**
 * How an image of a layout is called. Most tools write only the tag into `index.json`; it says nothing alone, so the
 * name of the directory stands for the repository, as it does in the words of those tools (`oci:DIR:TAG`).
 *
 * @param path the layout's directory
 * @param name the name or tag of the entry, or its digest where it has none
 */
export function layoutImageName(path: string, name: string): string {
  const directory = basename(resolve(path));
  if (isDigest(name)) return `${directory}@${name}`;
  return isTag(name) ? `${directory}:${name}` : name;
}
