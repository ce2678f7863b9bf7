import { UsageError } from '../cli/usage-error.ts';

/** Forms an inventory can be written in. */
export const outputFormats = [
  'table',
  'json',
  'cyclonedx-json',
  'cyclonedx-xml',
  'spdx-json',
  'spdx-tag-value',
  'falcon-json',
  'purls',
] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** One `-o FORMAT[=FILE]`; without a file it goes to standard output. */
export interface OutputSpec {
  readonly format: OutputFormat;
  readonly file: string | undefined;
}

/**
 * Reads all `-o` options.
 *
 * @throws UsageError for an unknown format, an empty file name, one file twice, or two formats for standard output
 */
export function parseOutputs(values: readonly string[]): OutputSpec[] {
  const specs = values.map(parseOutput);
  const toStdout = specs.filter(({ file }) => file === undefined);
  if (toStdout.length > 1) {
    throw new UsageError(
      `${toStdout.map(({ format }) => format).join(' and ')} cannot both go to standard output`,
      `give one of them a file: -o ${toStdout[1]?.format}=FILE`,
    );
  }
  const files = specs.flatMap(({ file }) => file ?? []);
  const twice = files.find((file, index) => files.indexOf(file) !== index);
  if (twice !== undefined) throw new UsageError(`two outputs name the file ${twice}`, 'give each its own');
  return specs;
}

function parseOutput(value: string): OutputSpec {
  const equals = value.indexOf('=');
  const name = equals < 0 ? value : value.slice(0, equals);
  const format = outputFormats.find((known) => known === name);
  if (format === undefined) {
    throw new UsageError(`"${name}" is not an output format`, `formats are ${outputFormats.join(', ')}`);
  }
  const file = equals < 0 ? undefined : value.slice(equals + 1);
  if (file === '') throw new UsageError(`"-o ${value}" names no file`, `write -o ${format}=FILE or -o ${format}`);
  return { format, file };
}
