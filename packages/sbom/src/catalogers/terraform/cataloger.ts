import type { Cataloger } from '../../catalog/cataloger.ts';
import { type PackageListFacts, packageListCataloger } from '../package-list.ts';
import { readStatedPackages } from '../read-stated-packages.ts';
import { parseTerraformLock } from './parse-terraform-lock.ts';

/** Bytes; real files have 20 KiB. */
const maxBytes = 1024 * 1024;

/** Providers that Terraform and OpenTofu lock. Off by default: what they install is no part of an image. */
export const terraformCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'terraform',
  version: '1',
  description: {
    title: 'Terraform and OpenTofu providers',
    selects: ['**/.terraform.lock.hcl'],
    reads: 'locked providers with the registries they come from and hashes of their archives',
    emits: ['terraform'],
  },
  select: { names: ['.terraform.lock.hcl'] },
  read: (file, context) =>
    readStatedPackages(file, context, {
      ...{ what: 'a .terraform.lock.hcl', maxBytes, parse: parseTerraformLock },
      state: (providers) =>
        providers.map(({ source, name, version, archives }) => ({
          ...{ type: 'terraform', class: 'language', scope: 'declared', namespace: source, name, version },
          ...(archives.length > 0 && { details: { archives } }),
        })),
    }),
});
