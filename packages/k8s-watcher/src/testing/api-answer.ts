/** An answer that is no stream. */
export interface ApiAnswer {
  readonly status: number;
  readonly json: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A `Status` object, as the API server says that something failed. */
export function statusObject(code: number, reason: string, message: string): Readonly<Record<string, unknown>> {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}

/** The answer with it. */
export function failureAnswer(code: number, reason: string, message: string): ApiAnswer {
  return { status: code, json: statusObject(code, reason, message) };
}
