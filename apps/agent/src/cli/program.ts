import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { addFalconCloud } from '../falcon-cloud/falcon-cloud-program.ts';
import { addImages } from '../images/images-program.ts';
import { seekableModes } from '../inventory/seekable-mode.ts';
import { outputFormats } from '../scan/output-spec.ts';
import { agentVersion } from './version.ts';

/** What the verbs share. */
export interface ProgramContext {
  /** The command line without the program's name. */
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  /** Set by the options of a verb, read where an error is reported. */
  readonly verbosity: { verbose: boolean };
}

/** The command line. What a verb needs is loaded when it runs, so that `--help` and errors are quick. */
export async function createProgram(context: ProgramContext): Promise<Command> {
  const program = new Command('iar')
    .description('Inventory of container images: packages with proof, from one streaming pass, nothing unpacked.')
    .version(agentVersion(), '-V, --version', 'print the version')
    .exitOverride()
    // `--version` behind a verb is the verb's.
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .helpCommand('help [verb]', 'display help for a verb')
    .configureOutput({ outputError: (text, write) => write(`iar: ${text}hint: iar --help shows what there is\n`) })
    .action(() => program.help({ error: true }));
  addScan(program, context);
  await addRun(program, context);
  addImages(program, context);
  addCatalogers(program);
  addFalconCloud(program, context);
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
    .description('take the inventory of one image, or of the root of a file system')
    .argument(
      '<target>',
      'REFERENCE, oci-layout:DIR[:TAG], docker-archive:FILE[:NAME], oci-archive:FILE[:NAME], - (an archive on standard input), docker:REF, podman:REF, containerd:REF, crio:REF, or rootfs:DIR',
    )
    .option('-o, --output <format[=file]>', `${outputFormats.join(', ')}; repeatable (default: table)`, collect, [])
    .option('--platform <os/arch[/variant]>', 'which image of an index (default: linux and the architecture here)')
    .option('--username <name>', 'account at the registry, with --password-stdin')
    .option('--password-stdin', 'read the password from standard input')
    .option('--insecure-use-http', 'speak plain HTTP to the registry (loopback registries need no flag)')
    .option('--insecure-skip-tls-verify', 'accept any certificate of the registry')
    .option('--ca-cert <file>', 'trust the certificates in this PEM file as well')
    .addOption(
      new Option('--registries-conf <file>', 'mirrors and blocked registries as Podman has them').env(
        'IAR_REGISTRIES_CONF',
      ),
    )
    .addOption(
      new Option('--registry-hosts-dir <dir>', 'mirrors as containerd has them in certs.d').env(
        'IAR_REGISTRY_HOSTS_DIR',
      ),
    )
    .addOption(
      new Option('--seekable-layers <mode>', 'read eStargz and zstd:chunked layers by their table of contents')
        .choices(seekableModes)
        .env('IAR_SEEKABLE_LAYERS')
        .default('off'),
    )
    .addOption(
      new Option(
        '--catalogers <names>',
        'what to look for: names (see iar catalogers), +name and -name to change the default, or all',
      ).env('IAR_CATALOGERS'),
    )
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
  docker save app | iar scan -
  iar scan crio:[/var/lib/containers/storage]app:1   what CRI-O or Podman have unpacked, as root
  iar scan rootfs:/mnt/image                     an unpacked file system, no image

Of rootfs:DIR the file system of DIR itself is read: what is mounted below is not, of which /proc, /sys, /dev
and what is held in memory are no problem, others are. With --seekable-layers sample or full only those files
are fetched that are known by their paths; the table of contents, which is compared with some of the layer
(sample) or all of it (full), is then believed, and the inventory says so. Other layers are read whole.

Credentials come from what docker login and podman login wrote, credential helpers too
(DOCKER_CONFIG, REGISTRY_AUTH_FILE), then from this machine's identity in AWS, Azure or Google
Cloud. HTTP_PROXY, HTTPS_PROXY and NO_PROXY are heeded.
Exit codes: 0 done, 1 unexpected, 2 usage, 3 image not available, 4 partial inventory with
--fail-on-problem, 130/143 by signal.`;

async function addRun(program: Command, context: ProgramContext): Promise<void> {
  const command = program
    .command('run')
    .description('run the agent: find the images that run, take the inventory of each once, deliver it')
    .addHelpText('after', runHelp)
    .action(async (flags) => {
      context.verbosity.verbose = flags.debug === true || flags.debug === 'true';
      const { run } = await import('../run/run-command.ts');
      process.exitCode = await run(flags, context.signal);
    });
  const config = program
    .command('config')
    .description('show the settings of iar run with their origin, secrets masked')
    .addOption(new Option('-o, --output <format>', 'how to show them').choices(['table', 'json']).default('table'))
    .action(async ({ output, ...flags }) => {
      const { showConfig } = await import('../config/config-command.ts');
      const { stdout, stderr, env } = process;
      showConfig({ flags, env, readFile: readText, format: output, stdout, stderr });
    });
  // The table of settings takes its time to load: only who wants one of these verbs waits for it.
  if (!context.args.slice(0, 2).some((arg) => arg === 'run' || arg === 'config')) return;
  const { addSettingOptions } = await import('../config/run-options.ts');
  addSettingOptions(command);
  addSettingOptions(config);
}

const runHelp = `
Every setting can also be given in the environment, under the name in brackets, or in a file (--config).
Flags count before the environment, that before the file.

Examples:
  iar run --runmode socket --sink file:reports          what runs on this machine
  iar run --runmode watcher --kubeconfig ~/.kube/config   what runs in a cluster
  AGENT_CLIENT_ID=… AGENT_CLIENT_SECRET=… AGENT_CID=… iar run --runmode socket`;

function addCatalogers(program: Command): void {
  program
    .command('catalogers')
    .description('list what can be looked for in an image')
    .action(async () => {
      const { listCatalogers } = await import('../catalogers/list-catalogers.ts');
      process.stdout.write(listCatalogers());
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

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}
