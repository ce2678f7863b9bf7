import fc from 'fast-check';

/** Texts that are nearly one of these: cut, with parts left out, repeated, or with marks put in. */
export function mutated(...texts: readonly string[]): fc.Arbitrary<string> {
  const marks = fc.constantFrom(
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    ':',
    '\n',
    '\\',
    '<',
    '/',
    '=',
    '\0',
    '😀',
    '-',
  );
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat(20),
    insert: fc.array(marks, { maxLength: 4 }),
  });
  return fc.tuple(fc.constantFrom(...texts), fc.array(edit, { maxLength: 6 })).map(([text, edits]) => {
    let changed = text;
    for (const { at, remove, insert } of edits) {
      const start = Math.floor(at * changed.length);
      changed = changed.slice(0, start) + insert.join('') + changed.slice(start + remove);
    }
    return changed;
  });
}
