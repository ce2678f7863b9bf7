export type { RunningImage, RuntimeEndpoint, RuntimeKind } from './running-image.ts';
export { RuntimeError, type RuntimeErrorCode, type RuntimeErrorOptions } from './runtime-error.ts';
