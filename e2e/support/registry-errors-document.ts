import type { RegistryErrorCode } from '@falcon-iar/oci-registry';
import { type ProvokedError, provoke, registryErrorCases } from './registry-error-cases.ts';

/** Makes `docs/registry-errors.md`: every error that reading and writing images can end with, as it really reads. */
export async function registryErrorsDocument(): Promise<string> {
  const codes = Object.keys(registryErrorCases) as RegistryErrorCode[];
  const rows: string[] = [];
  for (const code of codes) rows.push(registryErrorRow(await provoke(code)));
  return `# Errors of registries, layouts and archives

<!-- Made from the sources by \`pnpm run docs\`; do not edit. -->

Every failure of [\`@falcon-iar/oci-registry\`](../packages/oci-registry/README.md) is a \`RegistryError\` with one of these codes. \`iar scan\` prints message and hint; the agent's log has them as \`err.message\` and
\`err.hint\`. Hosts, paths and digests stand for those of a real message. A message never holds a credential, a query string or a signed URL.

| code | for example | what to do |
| ---- | ----------- | ---------- |
${rows.join('\n')}
`;
}

/** One row of the table. */
export function registryErrorRow({ code, message, hint }: ProvokedError): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  return `| \`${code}\` | \`${cell(message.replace(`[${code}] `, ''))}\` | ${cell(hint)} |`;
}
