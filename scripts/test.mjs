// `npm test`: sets up, then runs the unit tests with the project's own Node. Arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { root, setUp, toolEnvironment } from './setup.mjs';

setUp();
const { status, signal } = spawnSync('vitest', ['run', '--project', 'unit', ...process.argv.slice(2)], {
  ...{ cwd: root, env: toolEnvironment(), stdio: 'inherit' },
});
process.exitCode = status ?? (signal === 'SIGINT' ? 130 : 143);
