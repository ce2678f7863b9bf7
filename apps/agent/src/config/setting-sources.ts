/** Where settings are read from. */
export interface SettingSources {
  /** As commander gives them: by the flag's name in camel case, a repeated flag as an array, a bare one as `true`. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a file, in UTF-8; throws where it cannot be read. */
  readFile(path: string): string;
}

/** Where the value of a setting comes from, and the name it has there. */
export type SettingOrigin =
  | { readonly from: 'flag' | 'environment'; readonly name: string }
  | { readonly from: 'file'; readonly name: string; readonly path: string }
  | { readonly from: 'default' };

/** An origin in words, such as `environment IAR_SINK`. */
export function describeOrigin(origin: SettingOrigin): string {
  switch (origin.from) {
    case 'flag':
      return `flag ${origin.name}`;
    case 'environment':
      return `environment ${origin.name}`;
    case 'file':
      return `file ${origin.path}`;
    case 'default':
      return 'default';
  }
}
