import { z } from 'zod';
import { RegistryError } from '../error.ts';
import type { HostTarget } from '../hosts/registry-host.ts';
import { checkWireDocument } from '../image/wire-document.ts';
import { isTag, parseReference } from '../reference/parse-reference.ts';
import type { RegistryTransport } from '../transport/registry-transport.ts';
import { listPages, type Page, type PageRequest } from './list-pages.ts';
import type { RegistryReadOptions } from './read-options.ts';

/** Options of lists that come in pages. */
export interface ListOptions extends RegistryReadOptions {
  /**
   * Entries asked for at a time. Default 1000: the most that Amazon ECR, GitLab and CNCF Distribution take. A registry may
   * give fewer, and what is yielded does not depend on it.
   */
  readonly pageSize?: number | undefined;
}

/** Entries asked for at a time, unless told otherwise. */
const defaultPageSize = 1000;

const names = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);
const tagsSchema: z.ZodType<{ readonly tags: readonly string[] }> = z.looseObject({ tags: names });
const catalogSchema: z.ZodType<{ readonly repositories: readonly string[] }> = z.looseObject({ repositories: names });

/** What one list is made of. */
interface NameList {
  readonly request: PageRequest;
  readonly read: (page: Page) => readonly string[];
}

function checked(list: readonly string[], isName: (name: string) => boolean, where: string): readonly string[] {
  const bad = list.find((name) => !isName(name));
  if (bad === undefined) return list;
  const shown = JSON.stringify(bad.slice(0, 140));
  throw new RegistryError('RESPONSE_INVALID', `${where}: ${shown} cannot be the name of anything in a registry`);
}

function isRepository(name: string): boolean {
  try {
    return parseReference(`registry.invalid/${name}`).repository === name;
  } catch (error) {
    if (error instanceof RegistryError) return false;
    throw error;
  }
}

/** Whether a registry has refused the number of entries asked for, which differs from one to the next. */
function refusesPageSize(error: unknown): boolean {
  return error instanceof RegistryError && (error.status === 400 || error.status === 405);
}

function sized(request: PageRequest, pageSize: number): PageRequest {
  const query = `?n=${Math.max(1, Math.floor(pageSize))}`;
  const { first } = request;
  return { ...request, first: typeof first === 'string' ? first + query : new URL(query, first) };
}

async function* namesOf(
  transport: RegistryTransport,
  target: HostTarget,
  { request, read }: NameList,
  { pageSize = defaultPageSize, ...options }: ListOptions,
): AsyncGenerator<string, void, undefined> {
  let begun = false;
  try {
    for await (const name of listPages(transport, target, sized(request, pageSize), options, read)) {
      begun = true;
      yield name;
    }
  } catch (error) {
    if (begun || !refusesPageSize(error)) throw error;
    yield* listPages(transport, target, request, options, read);
  }
}

/**
 * The tags of a repository (distribution-spec "Listing tags"), in the order of the registry, page by page as they are
 * taken.
 *
 * Iterating throws RegistryError `NAME_UNKNOWN`, `RESPONSE_INVALID`, `RESPONSE_TOO_LARGE`, and those of the transport.
 */
export function listTags(
  transport: RegistryTransport,
  target: HostTarget,
  options: ListOptions,
): AsyncIterable<string> {
  const read = ({ document, where }: Page): readonly string[] =>
    checked(checkWireDocument(document, tagsSchema, 'RESPONSE_INVALID', where).tags, isTag, where);
  const list = { request: { first: 'tags/list', notFound: 'NAME_UNKNOWN' }, read } as const;
  return { [Symbol.asyncIterator]: () => namesOf(transport, target, list, options) };
}

/**
 * The repositories of a registry: its `_catalog`, which no specification demands. Docker Hub and GitHub have none, others
 * give it only to administrators.
 *
 * Iterating throws RegistryError `UNSUPPORTED` where the registry has no catalog, and as {@link listTags} does.
 */
export function listRepositories(
  transport: RegistryTransport,
  registry: string,
  options: ListOptions,
): AsyncIterable<string> {
  const target = { registry, repository: '' };
  const read = ({ document, where }: Page): readonly string[] =>
    checked(checkWireDocument(document, catalogSchema, 'RESPONSE_INVALID', where).repositories, isRepository, where);
  const list = { request: { first: '_catalog', notFound: 'UNSUPPORTED' }, read } as const;
  return { [Symbol.asyncIterator]: () => namesOf(transport, target, list, options) };
}
