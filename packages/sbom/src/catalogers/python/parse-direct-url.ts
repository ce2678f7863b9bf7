import { withoutCredentials } from '../text/without-credentials.ts';

/** Where a package that came from no index was installed from (PyPA "Recording the Direct URL Origin"). */
export interface PythonDirectUrl {
  /** Without credentials. */
  readonly url: string;
  /** The commit, where it came from version control. */
  readonly commit?: string;
  /** True where the sources themselves are installed. */
  readonly editable?: true;
}

const maxLength = 4_096;

/** Reads the text of a `direct_url.json`. @returns undefined for anything else. Never throws. */
export function parseDirectUrl(text: string): PythonDirectUrl | undefined {
  const value = parsed(text);
  const url = field(value, 'url');
  if (typeof url !== 'string' || url === '') return undefined;
  const commit = field(field(value, 'vcs_info'), 'commit_id');
  const editable = field(field(value, 'dir_info'), 'editable') === true;
  return {
    url: withoutCredentials(url.slice(0, maxLength).toWellFormed()),
    ...(typeof commit === 'string' && { commit: commit.slice(0, maxLength).toWellFormed() }),
    ...(editable && { editable }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is the same as not a direct_url.json; the caller says so.
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
