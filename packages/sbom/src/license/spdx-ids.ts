import deprecatedIds from 'spdx-license-ids/deprecated.json' with { type: 'json' };
import currentIds from 'spdx-license-ids/index.json' with { type: 'json' };

const exactIds: ReadonlySet<string> = new Set([...currentIds, ...deprecatedIds]);

let idsByLowerCase: ReadonlyMap<string, string> | undefined;

/** Whether a text is exactly an id of the SPDX licence list, the deprecated ones included. */
export function isSpdxId(text: string): boolean {
  return exactIds.has(text);
}

/** The id of the SPDX licence list in force that a text is in any case of letters (SPDX 2.3, Annex D.2). */
export function knownSpdxId(text: string): string | undefined {
  idsByLowerCase ??= new Map(currentIds.map((id) => [id.toLowerCase(), id]));
  return idsByLowerCase.get(text.toLowerCase());
}
