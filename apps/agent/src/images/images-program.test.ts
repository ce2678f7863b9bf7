import { describe, expect, it } from 'vitest';
import { createProgram } from '../cli/program.ts';

async function run(...args: string[]): Promise<void> {
  const { signal } = new AbortController();
  const program = await createProgram({ args, signal, verbosity: { verbose: false } });
  await program.parseAsync(args, { from: 'user' });
}

describe('iar images', () => {
  it.each(['list-tags', 'image-path', 'pull-token', 'credentials', 'cid'])(
    '%s takes no secret by flag',
    async (verb) => {
      const refused = run('images', verb, '-u', 'id', '-s', 'hunter2-hunter2');
      await expect(refused).rejects.toMatchObject({
        name: 'UsageError',
        message: expect.not.stringContaining('hunter2'),
      });
    },
  );

  it('has a version of its own behind its verbs', async () => {
    await expect(run('images', 'image-path', '--version', '7', '--type', 'nothing')).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('there is no "nothing"'),
    });
  });

  it('tells of a wrong use before anything else', async () => {
    await expect(run('images', 'pull', 'nowhere')).rejects.toMatchObject({ name: 'UsageError' });
    await expect(run('images', 'copy', 'nowhere')).rejects.toMatchObject({ name: 'ImagesError', exitCode: 2 });
  });
});
