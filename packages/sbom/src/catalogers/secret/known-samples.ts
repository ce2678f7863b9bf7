import { hash } from 'node:crypto';

/** What stands for a secret in samples and templates. */
const placeholders =
  /example|sample|dummy|changeme|change_me|change-me|placeholder|redacted|replace|insert|your|my_?secret|password|passw0rd|xxxx|\*\*\*|0123456789|1234567890|abcdefgh|undefined|null$|none$|todo|fixme/i;

/** Too short to be looked for inside of values. */
const placeholderWord = /^(?:pass|passwd|psw|pwd|secret|key_1234)$/i;

/** Names of hosts that nobody can have: example.com and its like (RFC 2606, sections 2 and 3). */
const documentationHost = /^@(?:[a-z0-9-]{1,63}\.){0,8}(?:example(?:\.(?:com|net|org))?|invalid)(?![a-z0-9.-])/i;

/** Marks that only sample tokens have. */
const tokenSamples = /EXAMPLE|example|xxxxx|XXXXX|0123456789|1234567890|abcdefgh|ABCDEFGH|00000000/;

/** SHA-256 of keys that documentation and emulators publish: the Azure Storage and Cosmos DB emulators'. */
const publishedKeys: ReadonlySet<string> = new Set([
  '0011cc25eb4320717494d2703e8cba85743e71b500283c21c8b88147992f9059',
  'aa6547439583c3a275d4542a0df6c1ad6a863971be9f2a2220f027cc02aef615',
]);

/** Whether a value stands for a secret that somebody is to put there, or is a variable to be filled in. */
export function isPlaceholder(value: string): boolean {
  return /^[$%<{[*&/]/.test(value) || value.includes('${') || value.includes('{{') || placeholders.test(value);
}

/** Whether a value is what samples write for a password, and nothing else. */
export function isPlaceholderWord(value: string): boolean {
  return placeholderWord.test(value);
}

/** Whether an address goes on with a host that documentation has; the `@` in front included. */
export function isDocumentationHost(rest: string): boolean {
  return documentationHost.test(rest);
}

/** Whether a token is one that documentation, an emulator or a template shows. */
export function isSampleToken(token: string): boolean {
  return tokenSamples.test(token) || publishedKeys.has(hash('sha256', token, 'hex'));
}
