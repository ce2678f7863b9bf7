// `npm start` is the demonstration, `npm start -- TARGET [options]` is `iar scan TARGET [options]`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

setUp();
const args = process.argv.slice(2);
const command = args.length > 0 ? ['scan', ...args] : ['demo', '--directory', join(root, 'out', 'demo')];
// Relative paths are meant from where npm was called.
const agent = spawn(join(root, 'iar'), command, { cwd: process.env.INIT_CWD ?? root, stdio: 'inherit' });
// A terminal signals the whole group, a supervisor only this process.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => agent.kill(signal));
agent.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
agent.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
});
