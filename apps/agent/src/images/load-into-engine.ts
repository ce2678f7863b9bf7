import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Agent, request } from 'undici';
import { ImagesError } from './images-error.ts';

/** What is read of an engine's answer, in bytes: it is a line for each thing it did. */
const maxAnswer = 1024 * 1024;
/** How long an engine may take without a word, in ms: it unpacks the image first. */
const patience = 30 * 60_000;

/**
 * Lets an engine with Docker's API load an archive, as `docker load` does.
 *
 * @param file - A docker-archive.
 * @throws ImagesError where it does not listen, or refuses
 */
export async function loadIntoEngine(file: string, socketPath: string, signal: AbortSignal): Promise<void> {
  const agent = new Agent({ connect: { socketPath }, headersTimeout: patience, bodyTimeout: patience });
  try {
    const { size } = await stat(file);
    const answer = await request('http://localhost/images/load?quiet=1', {
      method: 'POST',
      headers: { 'content-type': 'application/x-tar', 'content-length': String(size) },
      body: createReadStream(file),
      dispatcher: agent,
      signal,
    });
    const said = problemIn(await readText(answer.body));
    if (answer.statusCode === 200 && said === undefined) return;
    throw new ImagesError(
      `${socketPath}: the engine does not load the image (HTTP ${answer.statusCode})${said ? `: ${said}` : ''}`,
      'pull to docker-archive:FILE instead, and load that by hand',
    );
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ImagesError) throw error;
    throw new ImagesError(
      `${socketPath}: ${error instanceof Error ? error.message : String(error)}`,
      'is the engine running, and may you use it? DOCKER_HOST and CONTAINER_HOST say where it listens',
      { cause: error },
    );
  } finally {
    await agent.destroy();
  }
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxAnswer) throw new Error(`the answer exceeds ${maxAnswer} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What went wrong, by the answer's lines: an engine that has begun to answer has no status left to say it with. */
function problemIn(text: string): string | undefined {
  for (const line of text.split('\n')) {
    const found = /"(?:error|message)"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(line)?.[1];
    if (found !== undefined) return String(JSON.parse(found)).slice(0, 300);
  }
  return undefined;
}
