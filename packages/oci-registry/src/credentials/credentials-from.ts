import type { Credential } from './credential.ts';
import type { Keychain, KeychainAnswer, KeychainResolveOptions, KeychainTarget } from './keychain.ts';

function isSeveral(answer: NonNullable<KeychainAnswer>): answer is readonly Credential[] | AsyncIterable<Credential> {
  return Array.isArray(answer) || Symbol.asyncIterator in answer;
}

/** Asks a keychain when iteration begins, and yields what it has, in order, whatever form its answer takes. */
export async function* credentialsFrom(
  keychain: Keychain,
  target: KeychainTarget,
  options?: KeychainResolveOptions,
): AsyncGenerator<Credential, void, undefined> {
  options?.signal?.throwIfAborted();
  const answer = await keychain.resolve(target, options);
  if (answer === undefined) return;
  if (isSeveral(answer)) yield* answer;
  else yield answer;
}
