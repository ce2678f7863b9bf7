import type { FileFormat } from '../../model/file-records.ts';
import type { JsonObject } from '../../model/json.ts';

/** What the executable cataloger keeps of one file. */
export interface ExecutableFacts {
  readonly format: FileFormat;
  /** Bytes. */
  readonly size: number;
  /** Permission bits with set-id and sticky. */
  readonly mode: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly details: JsonObject;
}
