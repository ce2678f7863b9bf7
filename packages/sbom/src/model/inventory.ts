import type { Distro } from './distro.ts';
import type { FileRecord, ModelRecord, SecretCandidate } from './file-records.ts';
import type { Package } from './package.ts';
import type { Problem } from './problem.ts';
import type { ImageSubject, SubjectLayer } from './subject.ts';

/** Version of the Inventory's JSON form; changes when a reader could misunderstand it. */
export const inventorySchema = 'falcon-iar/inventory/1';

/** A layer with what the image's history says of it. */
export interface InventoryLayer extends SubjectLayer {
  /** 0 = lowest. */
  readonly index: number;
  /** RFC 3339, as the history has it. */
  readonly createdAt?: string;
  /** The build step, as the history has it. */
  readonly createdBy?: string;
  /** Set where the layer was not read whole: its table of contents is the only witness of what is in it. */
  readonly factsFrom?: 'toc';
}

/** A relation between two packages, by their ids. */
export interface Relationship {
  /** `depends-on`: `from` states that it needs `to`. */
  readonly type: 'depends-on';
  /** Id of a package. */
  readonly from: string;
  /** Id of a package. */
  readonly to: string;
}

/** A path that a layer takes away from the layers below it. */
export interface Whiteout {
  /** Path relative to the image root, no leading slash. */
  readonly path: string;
  /** Index of the layer that takes it away, 0 = lowest. */
  readonly layer: number;
  /** True where a directory's lower content is hidden as a whole. */
  readonly opaque: boolean;
}

/** Everything known of one image. Arrays are sorted, so that equal images give equal documents. */
export interface Inventory {
  /** Version of this form. */
  readonly schema: typeof inventorySchema;
  /** The image. */
  readonly subject: ImageSubject;
  /** Lowest first. */
  readonly layers: readonly InventoryLayer[];
  /** The distribution; absent where the image names none. */
  readonly distro?: Distro;
  /** What is installed or declared, sorted by type, namespace, name, version. */
  readonly packages: readonly Package[];
  /** Which package needs which. */
  readonly relationships: readonly Relationship[];
  /** Files that were hashed, sorted by path. */
  readonly files: readonly FileRecord[];
  /** Machine-learning models, sorted by path. */
  readonly models: readonly ModelRecord[];
  /** What looks like a secret, never in clear text. */
  readonly secrets: readonly SecretCandidate[];
  /** What layers take away from those below. */
  readonly whiteouts: readonly Whiteout[];
  /** What could not be read. */
  readonly problems: readonly Problem[];
  /** Packages that were found and are not listed, by why; absent where all are. */
  readonly omitted?: {
    /** Named by a lock file or manifest, while what is installed shows what became of them. */
    readonly declared: number;
  };
  /** True where everything could be read: no problems. */
  readonly complete: boolean;
}
