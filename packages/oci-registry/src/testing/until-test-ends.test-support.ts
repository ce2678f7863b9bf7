import { afterEach } from 'vitest';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0).reverse()) await resource[Symbol.asyncDispose]();
});

/** Leaves a resource open until the end of the test, then disposes of it; what came last goes first. */
export function untilTestEnds<Resource extends AsyncDisposable>(resource: Resource): Resource {
  open.push(resource);
  return resource;
}
