/**
 * What the parts of the agent log to. A message is a constant sentence; what varies goes into the fields, an error into
 * `err`. No call ever throws.
 */
export interface Logger {
  /** What helps to find a defect; off unless asked for. */
  debug(message: string, fields?: object): void;
  /** What an operator may want to know. */
  info(message: string, fields?: object): void;
  /** What went wrong and is dealt with: a retry, an image left out. */
  warn(message: string, fields?: object): void;
  /** What somebody has to look after. */
  error(message: string, fields?: object): void;
  /** The same log, with these fields on every line; a field of the line itself wins. */
  child(fields: object): Logger;
}
