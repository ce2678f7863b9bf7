import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { terraformCataloger } from './cataloger.ts';
import { parseTerraformLock } from './parse-terraform-lock.ts';

const lock = `# This file is maintained automatically by "terraform init".
provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.31.0"
  constraints = "~> 5.0"
  hashes = [
    "h1:abc=",
    "zh:${'0a'.repeat(32)}",
  ]
}

provider "registry.opentofu.org/x/y" {
  constraints = "1.0"
}

provider "registry.opentofu.org/hashicorp/null" {
  version = "3.2.2"
}
`;

describe('terraformCataloger', () => {
  it('reads locked providers with their registries', async () => {
    const files = { 'infra/.terraform.lock.hcl': lock, 'b/.terraform.lock.hcl': 'hello' };
    const { packages, problems } = await inventoryOf([files], [terraformCataloger as Cataloger]);
    expect(packages).toMatchObject([
      { purl: 'pkg:terraform/registry.opentofu.org/hashicorp/null@3.2.2', details: {} },
      {
        ...{ purl: 'pkg:terraform/registry.terraform.io/hashicorp/aws@5.31.0', scope: 'declared' },
        details: { archives: ['0a'.repeat(32)] },
      },
    ]);
    expect(packages).toHaveLength(2);
    expect(problems).toMatchObject([{ path: 'b/.terraform.lock.hcl', code: 'malformed' }]);
  });
});

describe('parseTerraformLock', () => {
  it('never throws', () => {
    const cut = fc.tuple(fc.nat(400), fc.string()).map(([at, more]) => lock.slice(0, at) + more + lock.slice(at));
    fc.assert(fc.property(fc.oneof(fc.string(), cut), (text) => void parseTerraformLock(text)));
  });
});
