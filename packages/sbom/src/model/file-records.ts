import type { JsonObject } from './json.ts';

/** What the first bytes of a file say it is. */
export type FileFormat = 'elf' | 'pe' | 'mach-o' | 'script' | 'other';

/** A file that was hashed while it passed: executables, libraries, scripts. */
export interface FileRecord {
  readonly path: string;
  readonly layer: number;
  readonly format: FileFormat;
  /** Bytes. */
  readonly size: number;
  /** Permission bits with set-id and sticky, such as 0o755. */
  readonly mode: number;
  /** Lower-case hexadecimal SHA-256 of the whole content. */
  readonly sha256: string;
  /** What the header tells: linked libraries, build id, hardening. */
  readonly details: JsonObject;
  /** Id of the OS package whose file list names this file. */
  readonly ownedBy?: string;
}

/** A machine-learning model file. */
export interface ModelRecord {
  readonly path: string;
  readonly layer: number;
  /** `gguf`, `safetensors`, `onnx`, `pytorch`, `tensorflow`, `pickle`. */
  readonly format: string;
  readonly size: number;
  readonly sha256: string;
  readonly details: JsonObject;
}

/** A string that looks like a secret. The clear text is never kept. */
export interface SecretCandidate {
  readonly path: string;
  readonly layer: number;
  /** Line number, 1 = first. */
  readonly line: number;
  /** Name of the rule that matched. */
  readonly rule: string;
  /** Name of the variable or key it was assigned to, where there is one. */
  readonly name?: string;
  /** Keyed hash (HMAC-SHA-256, hexadecimal) under a key that stays with the agent. */
  readonly hash: string;
  /** First and last characters with the middle blotted out. */
  readonly masked: string;
}
