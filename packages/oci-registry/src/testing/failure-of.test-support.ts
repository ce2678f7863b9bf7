import { expect } from 'vitest';
import type { RegistryError } from '../error.ts';

/** What a piece of work fails with; the test fails where it does not. */
export async function failureOf(work: Promise<unknown>): Promise<RegistryError> {
  return work.then(
    () => expect.fail('it should have failed'),
    (error: RegistryError) => error,
  );
}
