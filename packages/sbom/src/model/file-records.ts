import type { JsonObject } from './json.ts';

/** What the first bytes of a file say it is. */
export type FileFormat = 'elf' | 'pe' | 'mach-o' | 'script' | 'other';

/** A file that was hashed while it passed: executables, libraries, scripts. */
export interface FileRecord {
  /** Path relative to the image root, no leading slash. */
  readonly path: string;
  /** Index of the layer that holds it, 0 = lowest. */
  readonly layer: number;
  /** By its first bytes. */
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
  /** Path relative to the image root, no leading slash. */
  readonly path: string;
  /** Index of the layer that holds it, 0 = lowest. */
  readonly layer: number;
  /** `gguf`, `safetensors`, `onnx`, `pytorch`, `tensorflow`, `pickle`. */
  readonly format: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hexadecimal SHA-256 of the whole content. */
  readonly sha256: string;
  /** What the format's header tells: architecture, parameters, what it runs when loaded. */
  readonly details: JsonObject;
}

/** A string that looks like a secret. The clear text is never kept. */
export interface SecretCandidate {
  /** Path relative to the image root, no leading slash. */
  readonly path: string;
  /** Index of the layer that holds it, 0 = lowest. */
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
