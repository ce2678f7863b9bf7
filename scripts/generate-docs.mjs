// Writes the documents that are made from the sources: node --conditions=@falcon-iar/source scripts/generate-docs.mjs
// The condition makes the packages of the workspace come from their sources too, so that nothing has to be built.
import { writeFileSync } from 'node:fs';
import { catalogersDocument } from '../apps/agent/src/catalogers/catalogers-document.ts';
import { settingsDocument } from '../apps/agent/src/config/settings-document.ts';
import { registryErrorsDocument } from '../e2e/support/registry-errors-document.ts';

writeFileSync(new URL('../docs/catalogers.md', import.meta.url), catalogersDocument());
writeFileSync(new URL('../docs/configuration.md', import.meta.url), settingsDocument());
writeFileSync(new URL('../docs/registry-errors.md', import.meta.url), await registryErrorsDocument());
