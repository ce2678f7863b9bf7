import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { findClientPair } from './client-pair.ts';
import { formatVariables, writeEnvironmentFile } from './environment-file.ts';

let directory: string;
let envFile: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'falcon-pair-'));
  envFile = join(directory, 'falcon-cloud.env');
  return () => rm(directory, { recursive: true });
});

const none = { clientId: undefined, clientSecret: undefined };

describe('the API client of the embedded cloud', () => {
  it('is that of the environment', async () => {
    const given = { clientId: 'id', clientSecret: 'secret' };
    expect(await findClientPair({ ...given, envFile })).toEqual(given);
  });

  it('is made where there is a file for it, and is the same at the next start', async () => {
    const made = await findClientPair({ ...none, envFile });
    expect(made).toEqual({
      ...{ clientId: expect.stringMatching(/^[\da-f]{32}$/), clientSecret: expect.stringMatching(/^[\da-f]{40}$/) },
    });
    await writeEnvironmentFile(envFile, { FALCON_CLIENT_ID: made.clientId, FALCON_CLIENT_SECRET: made.clientSecret });
    expect(await findClientPair({ ...none, envFile })).toEqual(made);
  });

  it.each([
    [{ clientId: 'id', clientSecret: '' }, /FALCON_CLIENT_SECRET is not set/],
    [{ clientId: undefined, clientSecret: 's' }, /FALCON_CLIENT_ID is not set/],
    [none, /no API client/],
  ])('is missed in %j', async (given, message) => {
    await expect(findClientPair({ ...given, envFile: undefined })).rejects.toThrow(message);
  });
});

describe('a file of variables', () => {
  it('is for this user alone, and nothing else is left beside it', async () => {
    await writeEnvironmentFile(envFile, { A: '1' });
    await writeEnvironmentFile(envFile, { A: '2' });
    expect((await stat(envFile)).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(['falcon-cloud.env']);
    await expect(writeEnvironmentFile(join(directory, 'no', 'where'), {})).rejects.toMatchObject({
      name: 'UsageError',
    });
  });

  it('quotes what a shell would read otherwise', () => {
    expect(formatVariables({ URL: 'http://127.0.0.1:1', TEXT: `it's $HOME` })).toBe(
      `URL=http://127.0.0.1:1\nTEXT='it'\\''s $HOME'\n`,
    );
  });
});
