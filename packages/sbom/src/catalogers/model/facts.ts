import type { JsonObject } from '../../model/json.ts';

/** A model file. */
export interface ModelFacts {
  readonly kind: 'model';
  /** See `ModelRecord.format`. */
  readonly format: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  readonly details: JsonObject;
}

/** The configuration that lies beside a model. */
export interface ModelConfigFacts {
  readonly kind: 'config';
  /** As its author calls it: `org/name`, or a path. */
  readonly name?: string;
  readonly modelType?: string;
  readonly architectures?: readonly string[];
}

/** Collects the details of a model while its parser runs: what was read before a defect stays. */
export interface ModelDetails {
  [key: string]: string | number | boolean | string[] | { [key: string]: string };
}
