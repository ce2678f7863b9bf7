import { Secret } from './secret.ts';
import type { Settings } from './settings.ts';

/** Every text of the settings that must not get into a log, as it may turn up there: passwords of URLs also decoded. */
export function secretValues(settings: Settings): string[] {
  const secrets = Object.values(settings).filter((value) => value instanceof Secret);
  const texts = secrets.map((secret) => secret.reveal()).flatMap((text) => (isUrl(text) ? passwordsOf(text) : text));
  return [...new Set(texts)];
}

function isUrl(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}

function passwordsOf(url: string): string[] {
  const { password } = new URL(url);
  if (password === '') return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password]; // A stray percent sign: it is not encoded.
  }
}
