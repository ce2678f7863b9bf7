import { z } from 'zod';
import { allCapabilities } from './capabilities.ts';
import type { TlsSettings } from './host-tls.ts';
import { type HostUrl, parseHostUrl } from './host-url.ts';
import { invalidHosts, printKey } from './hosts-error.ts';
import { parseToml } from './parse-toml.ts';
import type { HostCapability } from './registry-host.ts';

/** What a `hosts.toml` says about one host. */
export interface HostEntry {
  /** Without it the registry itself is meant. */
  readonly url?: HostUrl | undefined;
  readonly capabilities: ReadonlySet<HostCapability>;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly tls: TlsSettings;
}

/** A whole `hosts.toml`. */
export interface HostsDocument {
  /** In the order of the file. */
  readonly mirrors: readonly HostEntry[];
  /** What is asked when the mirrors do not have it. */
  readonly server: HostEntry;
  /** Nothing is in it, not even white space. */
  readonly isEmpty: boolean;
}

const file = z.string().min(1, 'expected a path').max(4096, 'expected a path');
const certificatePair = z.tuple([file, z.string()]);
/** Headers that say how a message is framed and where it goes. */
const clientHeaders = /^(?:connection|content-length|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade)$/i;
const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'not the name of a header')
  .refine((name) => !clientHeaders.test(name), 'this header is the client’s own');
const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'a header has one line of text');

// Unknown fields are passed over, as containerd does.
const hostSchema = z.looseObject({
  capabilities: z
    .array(
      z
        .string()
        .toLowerCase()
        .pipe(z.enum(['pull', 'resolve', 'push', 'referrers'], 'expected pull, resolve, push or referrers')),
    )
    .default([]),
  ca: z.union([file.transform((path) => [path]), z.array(file)], 'expected a path or a list of paths').default([]),
  client: z
    .union(
      [file.transform((path) => [path]), z.array(z.union([file, certificatePair]))],
      'expected a path, a list of paths or a list of pairs of paths',
    )
    .default([]),
  skip_verify: z.boolean().optional(),
  header: z
    .record(
      headerName,
      z.union(
        [headerValue.transform((value) => [value]), z.array(headerValue)],
        'expected one line of text, or a list',
      ),
    )
    .optional(),
  override_path: z.boolean().default(false),
  dial_timeout: z.string().optional(),
});
type HostTable = z.output<typeof hostSchema>;

const documentSchema = hostSchema.extend({
  server: z.string().default(''),
  host: z.record(z.string(), hostSchema).default({}),
});

function settingsOf(table: HostTable): HostEntry {
  const named = table.capabilities.filter((capability) => capability !== 'referrers');
  const headers = Object.entries(table.header ?? {});
  return {
    capabilities: table.capabilities.length === 0 ? allCapabilities : new Set(named),
    // Several values are one list (RFC 9110, 5.3).
    ...(headers.length > 0 && {
      headers: Object.fromEntries(headers.map(([name, values]) => [name, values.join(', ')])),
    }),
    tls: {
      authorities: table.ca,
      clients: table.client.map((entry) => (typeof entry === 'string' ? [entry] : [entry[0], entry[1] || undefined])),
      skipVerify: table.skip_verify,
    },
  };
}

function namedHost(path: string, field: string, text: string, table: HostTable): HostEntry {
  const url = parseHostUrl(text, table.override_path);
  if (url === undefined) {
    const where = `${path}, field ${field === 'host' ? `host.${printKey(text)}` : field}`;
    throw invalidHosts(
      where,
      'not the URL of a host',
      'write https://HOST[:PORT][/PATH], without credentials and query',
    );
  }
  return { ...settingsOf(table), url };
}

/**
 * Parses a `hosts.toml` of containerd (its docs/hosts.md). `dial_timeout` is passed over: the client has its own.
 *
 * @param path how the file is called in messages
 * @throws RegistryError `HOSTS_INVALID` with the file and the line or field
 */
export function parseHostsToml(path: string, text: string): HostsDocument {
  const document = parseToml(path, text, documentSchema);
  return {
    mirrors: Object.entries(document.host).map(([url, table]) => namedHost(path, 'host', url, table)),
    server:
      document.server === ''
        ? // As containerd has it, capabilities count for a server that is named.
          { ...settingsOf(document), capabilities: allCapabilities }
        : namedHost(path, 'server', document.server, document),
    isEmpty: text.length === 0,
  };
}
