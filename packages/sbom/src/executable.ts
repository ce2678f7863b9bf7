export type { RandomAccess } from './catalog/cataloger.ts';
export { describeExecutable } from './executable/describe-executable.ts';
export { type ExecutableFormat, executableFormat, isExecutableHead } from './executable/executable-head.ts';
