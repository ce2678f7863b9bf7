import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ProgramContext } from '../cli/program.ts';

/** Adds `iar falcon-cloud`. What it needs is loaded when it runs. */
export function addFalconCloud(program: Command, context: ProgramContext): void {
  program
    .command('falcon-cloud')
    .description('run an embedded Falcon cloud on this machine, to try everything end to end without an account')
    .option('--listen <address>', 'IP address, port of the API host, or both (default: free ports of 127.0.0.1)')
    .option('--store <dir>', 'keep what is uploaded in this directory (default: in memory)')
    .option('--env-file <file>', 'write the variables that lead here, with the secret (default: in the store)')
    .addOption(new Option('--client-id <id>', 'id of the API client it knows').env('FALCON_CLIENT_ID'))
    .addOption(new Option('--client-secret <secret>').hideHelp())
    .addOption(new Option('--cid <cid>', 'customer id with checksum').env('FALCON_CID'))
    .addOption(new Option('--region <name>', 'region it says it is').default('us-1'))
    .option('--scope <name:read|write>', 'scope of the API client; repeatable (default: all)', collect)
    .option('--faults <json|file>', 'what goes wrong, to begin with')
    .option('--findings <json|file>', 'vulnerabilities and detections that the read side finds')
    .addOption(new Option('--rate-limit <calls>', 'calls in any one minute').argParser(count).default(6000))
    .addOption(
      new Option('--retry-after <unit>', 'how a 429 counts the time')
        .choices(['seconds', 'milliseconds'])
        .default('seconds'),
    )
    .addOption(
      new Option('--gzip <what>', 'what becomes of a body in gzip')
        .choices(['accepted', 'unsupported', 'refused'])
        .default('refused'),
    )
    .addOption(new Option('--token-lifetime <seconds>', 'how long a token lives').argParser(count).default(1799))
    .addOption(new Option('--max-body <bytes>', 'of an upload; a longer one is answered 413').argParser(count))
    .addOption(new Option('--max-stored <bytes>', 'of all bodies, compressed; beyond it 500').argParser(count))
    .option('-q, --quiet', 'only refused calls on standard error')
    .option('-v, --verbose', 'twice: stack traces', (_, times: number) => times + 1, 0)
    .addHelpText('after', help)
    .action(async (options) => {
      context.verbosity.verbose = options.verbose > 1;
      const { falconCloud } = await import('./falcon-cloud-command.ts');
      const { env, stdout, stderr } = process;
      process.exitCode = await falconCloud(options, { env, stdout, stderr, signal: context.signal });
    });
}

const help = `
FALCON_CLIENT_ID and FALCON_CLIENT_SECRET name the API client it knows; without them a pair is made and written,
readable by you alone, to the file of variables. Standard output gets the variables without the secret, standard error
one line for each call of API and upload host, with the reason of a refusal, which the answer itself does not give.

Examples:
  iar falcon-cloud --store out/cloud
  set -a; . out/cloud/falcon-cloud.env; iar run --runmode socket --sink falcon
  iar falcon-cloud --store out/cloud --listen 8080 --faults '{"uploadInventory":{"answer":503,"every":3}}'
  curl -X PUT -H 'content-type: application/json' -d '{}' $FALCON_CLOUD_CONTROL_URL/faults`;

function count(text: string): number {
  const value = Number(text);
  if (!/^\d{1,15}$/.test(text) || value < 1) throw new InvalidArgumentError('a whole number from 1 is expected.');
  return value;
}

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}
