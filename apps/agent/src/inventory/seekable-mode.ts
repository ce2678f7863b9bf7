/** The ways to read layers that carry a table of contents (eStargz, zstd:chunked). */
export const seekableModes = ['off', 'sample', 'full'] as const;

/**
 * `off` reads every layer whole. `sample` and `full` read by the table, and compare it with the headers at some places of
 * the archive, or with all of it.
 */
export type SeekableMode = (typeof seekableModes)[number];
