import type { BinaryClass } from '../binary-class.ts';
import { cloudClasses } from './cloud.ts';
import { databaseClasses } from './databases.ts';
import { languageClasses } from './languages.ts';
import { libraryClasses } from './libraries.ts';
import { serverClasses } from './servers.ts';
import { toolClasses } from './tools.ts';

/** Every kind of program, library and script whose version is known by its bytes. */
export const binaryClasses: readonly BinaryClass[] = [
  ...languageClasses,
  ...serverClasses,
  ...databaseClasses,
  ...toolClasses,
  ...libraryClasses,
  ...cloudClasses,
];
