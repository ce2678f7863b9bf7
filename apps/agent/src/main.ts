#!/usr/bin/env -S node --max-semi-space-size=4
import { enableCompileCache } from 'node:module';

// Before anything else is loaded: a second start then skips compiling what it loads.
enableCompileCache();
const { run } = await import('./cli/run.ts');
await run(process.argv.slice(2));
