import type { StoredObject } from './stored-object.ts';

/** Tells whether an object is selected. */
export type Selector = (object: StoredObject) => boolean;

const fields: Readonly<Record<string, (object: StoredObject) => unknown>> = {
  'metadata.name': ({ metadata }) => metadata.name,
  'metadata.namespace': ({ metadata }) => metadata.namespace,
  'spec.nodeName': ({ spec }) => (spec as { nodeName?: unknown } | undefined)?.nodeName,
  'status.phase': ({ status }) => (status as { phase?: unknown } | undefined)?.phase,
  type: ({ type }) => type,
};

/** `a=b,c!=d` over the fields that Kubernetes can select; `undefined` for anything else. */
export function parseFieldSelector(text: string): Selector | undefined {
  return parseTerms(text, (name) => fields[name]);
}

/** `a=b,c!=d` over labels; `undefined` for anything else. */
export function parseLabelSelector(text: string): Selector | undefined {
  return parseTerms(
    text,
    (name) =>
      ({ metadata }) =>
        metadata.labels?.[name],
  );
}

function parseTerms(text: string, getter: (name: string) => ((object: StoredObject) => unknown) | undefined) {
  const terms: Selector[] = [];
  for (const term of text === '' ? [] : text.split(',')) {
    const [, name = '', operator, value = ''] = /^([^=!]+)(!=|==?)([^=!]*)$/.exec(term) ?? [];
    const get = getter(name);
    if (operator === undefined || get === undefined) return undefined;
    const isWanted = operator !== '!=';
    terms.push((object) => ((get(object) ?? '') === value) === isWanted);
  }
  return (object: StoredObject) => terms.every((term) => term(object));
}
