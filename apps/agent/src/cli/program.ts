import { Command } from 'commander';
import { outputFormats } from '../scan/output-spec.ts';
import { agentVersion } from './version.ts';

/** What the verbs share. */
export interface ProgramContext {
  readonly signal: AbortSignal;
  /** Set by the options of a verb, read where an error is reported. */
  readonly verbosity: { verbose: boolean };
}

/** The command line. What a verb needs is loaded when it runs, so that `--help` and errors are quick. */
export function createProgram(context: ProgramContext): Command {
  const program = new Command('iar')
    .description('Inventory of container images: packages with proof, from one streaming pass, nothing unpacked.')
    .version(agentVersion(), '-V, --version', 'print the version')
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ outputError: (text, write) => write(`iar: ${text}hint: iar --help shows what there is\n`) })
    .action(() => program.help({ error: true }));
  addScan(program, context);
  addCatalogers(program);
  addDemo(program, context);
  program
    .command('version')
    .description('print the version')
    .action(() => void process.stdout.write(`${agentVersion()}\n`));
  return program;
}

function addScan(program: Command, context: ProgramContext): void {
  program
    .command('scan')
    .description('take the inventory of one image')
    .argument(
      '<target>',
      'REFERENCE, oci-layout:DIR[:TAG], docker-archive:FILE[:NAME], docker:REF, podman:REF or containerd:REF',
    )
    .option('-o, --output <format[=file]>', `${outputFormats.join(', ')}; repeatable (default: table)`, collect, [])
    .option('--platform <os/arch[/variant]>', 'which image of an index (default: linux and the architecture here)')
    .option('--username <name>', 'account at the registry, with --password-stdin')
    .option('--password-stdin', 'read the password from standard input')
    .option('--insecure-use-http', 'speak plain HTTP to the registry (loopback registries need no flag)')
    .option('--insecure-skip-tls-verify', 'accept any certificate of the registry')
    .option('--ca-cert <file>', 'trust the certificates in this PEM file as well')
    .option('--fail-on-problem', 'exit with 4 when something in the image could not be read')
    .option('-q, --quiet', 'no progress and no notes on standard error')
    .option('-v, --verbose', 'notes on what is done; twice: stack traces', (_, count: number) => count + 1, 0)
    .addHelpText('after', scanHelp)
    .action(async (target: string, options) => {
      context.verbosity.verbose = options.verbose > 1;
      const { scan } = await import('../scan/scan-command.ts');
      process.exitCode = await scan(target, options, context.signal);
    });
}

const scanHelp = `
Examples:
  iar scan debian:12
  iar scan registry.example.com/team/app:1.4 -o cyclonedx-json=sbom.json -o table
  iar scan oci-layout:./image:latest -o json | jq .packages[].purl
  iar scan docker:app:dev                        what the Docker engine on this machine has
  docker save app | gzip > app.tgz && iar scan docker-archive:app.tgz

Credentials come from DOCKER_CONFIG or ~/.docker/config.json, then REGISTRY_AUTH_FILE.
Exit codes: 0 done, 1 unexpected, 2 usage, 3 image not available, 4 partial inventory with
--fail-on-problem, 130/143 by signal.`;

function addCatalogers(program: Command): void {
  program
    .command('catalogers')
    .description('list the catalogers with their versions')
    .action(async () => {
      const { defaultCatalogers } = await import('@falcon-iar/sbom');
      for (const { name, version } of defaultCatalogers) process.stdout.write(`${name.padEnd(12)} ${version}\n`);
    });
}

function addDemo(program: Command, context: ProgramContext): void {
  program
    .command('demo')
    .description('make a sample image, serve it, scan it and deliver it to an embedded Falcon cloud; all on loopback')
    .option('--directory <dir>', 'where the results are written', 'out/demo')
    .option('-v, --verbose', 'twice: stack traces', (_, count: number) => count + 1, 0)
    .action(async (options: { directory: string; verbose: number }) => {
      context.verbosity.verbose = options.verbose > 1;
      const { demo } = await import('../demo/demo-command.ts');
      await demo({ directory: options.directory, signal: context.signal });
    });
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}
