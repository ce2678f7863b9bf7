/** An object to put into the fake API server; it adds uid, resource version and managed fields. */
export interface NewObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** An object as the fake API server has it. */
export interface StoredObject extends NewObject {
  readonly apiVersion: 'v1';
  readonly kind: string;
  readonly metadata: NewObject['metadata'] & { readonly uid: string; readonly resourceVersion: string };
}

/** Resources the fake API server serves, all of the core group `v1`, with their kinds. */
export const servedResources: Readonly<
  Record<ServedResource, { readonly kind: string; readonly namespaced: boolean }>
> = {
  pods: { kind: 'Pod', namespaced: true },
  secrets: { kind: 'Secret', namespaced: true },
  serviceaccounts: { kind: 'ServiceAccount', namespaced: true },
  namespaces: { kind: 'Namespace', namespaced: false },
  nodes: { kind: 'Node', namespaced: false },
};

/** Plural names of them. */
export type ServedResource = 'pods' | 'secrets' | 'serviceaccounts' | 'namespaces' | 'nodes';
