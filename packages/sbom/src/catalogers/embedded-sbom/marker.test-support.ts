import type { Cataloger } from '../../catalog/cataloger.ts';
import { packageListCataloger } from '../package-list.ts';

/** Finds a package `marker` in each file of that name, so that a test sees to whom the file belongs. */
export const markerCataloger: Cataloger = packageListCataloger({
  ...{ name: 'marker', version: '1', select: { names: ['marker'] } },
  description: { title: 'Markers', selects: ['**/marker'], reads: 'nothing', emits: ['generic'] },
  read: () => Promise.resolve([{ type: 'generic', class: 'binary', name: 'marker', version: '1' }]),
}) as Cataloger;
