import { field, itemsOf, parseJson, token } from '../text/json-fields.ts';

/** A library for browsers that a `libman.json` of ASP.NET names. */
export interface ClientLibrary {
  /** As its provider calls it; of npm packages with the scope. */
  readonly name: string;
  readonly version: string;
  /** `cdnjs`, `unpkg`, `jsdelivr`. */
  readonly provider: string;
}

/** Reads a `libman.json` (Microsoft Library Manager). @returns undefined where the text is none. Never throws. */
export function parseLibman(text: string): ClientLibrary[] | undefined {
  const document = parseJson(text);
  const libraries = field(document, 'libraries');
  if (!Array.isArray(libraries)) return undefined;
  const usual = token(field(document, 'defaultProvider'));
  return itemsOf(libraries).flatMap((entry) => {
    const [library, provider] = [token(field(entry, 'library')), token(field(entry, 'provider')) ?? usual];
    const at = library?.lastIndexOf('@') ?? -1;
    if (library === undefined || provider === undefined || at <= 0 || at === library.length - 1) return [];
    // Of the provider `filesystem` the library is a path.
    if (provider === 'filesystem') return [];
    return [{ name: library.slice(0, at), version: library.slice(at + 1), provider }];
  });
}
