import type { Cataloger } from '../catalog/cataloger.ts';
import { apkCataloger } from './apk/cataloger.ts';
import { distroCataloger } from './distro/cataloger.ts';
import { dpkgCataloger } from './dpkg/cataloger.ts';
import { npmCataloger } from './npm/cataloger.ts';
import { pythonCataloger } from './python/cataloger.ts';

/** The catalogers that look at an image unless somebody chooses others. */
export const defaultCatalogers: readonly Cataloger[] = [
  distroCataloger as Cataloger,
  dpkgCataloger as Cataloger,
  apkCataloger as Cataloger,
  npmCataloger as Cataloger,
  pythonCataloger as Cataloger,
];
