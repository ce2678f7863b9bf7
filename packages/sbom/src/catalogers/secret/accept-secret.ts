import { entropyOf } from './entropy.ts';
import { isDocumentationHost, isPlaceholder, isPlaceholderWord, isSampleToken } from './known-samples.ts';
import type { SecretForm } from './secret-rule.ts';

/** Bits for each character that a token's own part has at least; a row of zeros has none. */
const minTokenEntropy = 2.5;
const minPasswordEntropy = 2.5;

/** What is around a value. */
export interface SecretSurroundings {
  /** What stands behind the value, as far as the window goes. */
  readonly behind: string;
  /** Whether the value stands in a program, in no string: what is there is a name, except in comments. */
  readonly bareInCode: boolean;
}

/** Whether a value whose form fits a rule is likely to be a secret. */
export function acceptSecret(value: string, form: SecretForm, { behind, bareInCode }: SecretSurroundings): boolean {
  switch (form) {
    case 'token':
      return !isSampleToken(value) && entropyOf(value) >= minTokenEntropy;
    case 'random':
      if (bareInCode && isNameInCode(value)) return false;
      return !isSampleToken(value) && !isPlaceholder(value) && looksRandom(value);
    case 'password':
      if (bareInCode && isNameInCode(value)) return false;
      return !isPlaceholder(value) && looksChosen(value);
    case 'address-password':
      return !isPlaceholder(value) && !isPlaceholderWord(value) && !isDocumentationHost(behind);
    case 'basic-auth':
      return isBasicAuth(value);
    case 'jwt':
      return isToken(value);
  }
}

/** Chance mixes letters and digits, and uses most of the characters it has. Names and versions have shorter parts. */
function looksRandom(value: string): boolean {
  if (!value.split(/[._-]/).some((part) => part.length >= 10 && hasDigit(part) && /[A-Za-z]/.test(part))) return false;
  const entropy = entropyOf(value);
  return /^[0-9a-fA-F-]+$/.test(value) ? entropy >= 2.8 : entropy >= Math.min(3.7, 0.8 * Math.log2(value.length));
}

/** A password that somebody chose has a digit and something else; a path or a name of the program's own has not. */
function looksChosen(value: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
  return hasDigit(value) && kinds > 0 && !isNameLike(value) && entropyOf(value) >= minPasswordEntropy;
}

/** `self.db2.password_field`: words with dots or underscores between. */
function isNameLike(value: string): boolean {
  const parts = value.split(/[._]/);
  return parts.length > 1 && parts.every((part) => /^[A-Za-z]*[0-9]?$/.test(part));
}

/**
 * `this.oauth2Token`, `AnyOf2Config|AnyOf11Config`: three words and more, of three letters and more on average. What chance
 * makes has shorter ones, what a person thinks of for a comment mostly has fewer.
 */
function isNameInCode(value: string): boolean {
  const words = value.match(/[A-Z]?[a-z]+|[A-Z]+|[0-9]+/g) ?? [];
  const letters = words.reduce((sum, { length }) => sum + length, 0);
  return words.length >= 3 && letters >= 3 * words.length;
}

function isBasicAuth(value: string): boolean {
  const text = Buffer.from(value, 'base64').toString('latin1');
  const colon = text.indexOf(':');
  return colon > 0 && /^[\x20-\x7e]{5,}$/.test(text) && !isPlaceholder(text.slice(colon + 1));
}

/** The header names an algorithm; a subject of `1234567890` is the sample of the documentation. */
function isToken(value: string): boolean {
  const [header = '', payload = ''] = value.split('.', 2).map((part) => Buffer.from(part, 'base64url').toString());
  return /"alg"\s{0,8}:\s{0,8}"[A-Za-z0-9-]{2,20}"/.test(header) && !/"sub"\s{0,8}:\s{0,8}"1234567890"/.test(payload);
}

function hasDigit(text: string): boolean {
  return /[0-9]/.test(text);
}
