import type { Cataloger } from '../catalog/cataloger.ts';
import { allCatalogers } from './all-catalogers.ts';

/** Names of those that have to be asked for: they list what no package system installed, or cost much for little. */
const onDemand: ReadonlySet<string> = new Set(['terraform']);

/** The catalogers that look at an image unless somebody chooses others. */
export const defaultCatalogers: readonly Cataloger[] = allCatalogers.filter(({ name }) => !onDemand.has(name));
