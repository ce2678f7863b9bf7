import { type Command, Option } from 'commander';
import type { ProgramContext } from '../cli/program.ts';
import type { ChoiceOptions, CopyOptions, ImagesContext, ImagesOptions } from './images-options.ts';

/** Adds `iar images` and its verbs: what the vendor's pull script does. What a verb needs is loaded when it runs. */
export function addImages(program: Command, context: ProgramContext): void {
  const images = program
    .command('images')
    .description("list, pull and copy the images of CrowdStrike's registry, and show the login to it")
    .addHelpText('after', imagesHelp)
    .action(() => images.help({ error: true }));
  addPrintingVerbs(images, context);
  withChoice(verb(images, 'pull', 'bring one version to this machine'))
    .argument('[target]', 'docker-archive:FILE, oci-archive:FILE, oci-layout:DIR[:TAG], docker, podman')
    .action(async (target: string | undefined, options: ChoiceOptions) => {
      const { pull } = await import('./pull-command.ts');
      await run(context, options, (where) => pull(target, options, where));
    });
  withChoice(verb(images, 'copy', 'copy one version to another registry, with all its platforms'))
    .argument('[destination]', 'registry and namespace, such as registry.example.com/security (env: COPY)')
    .option('--copy-omit-image-name', 'the destination is the whole repository: do not add the name of the image')
    .option('--copy-custom-tag <tag>', 'another tag than the image has')
    .option('--username <name>', 'account at the destination, with --password-stdin')
    .option('--password-stdin', 'read its password from standard input')
    .action(async (destination: string | undefined, options: CopyOptions) => {
      const { copy } = await import('./copy-command.ts');
      await run(context, options, (where) => copy(destination, options, where));
    });
}

function addPrintingVerbs(images: Command, context: ProgramContext): void {
  const load = () => import('./print-commands.ts');
  withPlatform(verb(images, 'list-tags', 'print the versions there are, as JSON')).action(
    async (options: ChoiceOptions) => {
      const { listTags } = await load();
      await run(context, options, (where) => listTags(options, where));
    },
  );
  withChoice(verb(images, 'image-path', 'print the whole name of one version')).action(
    async (options: ChoiceOptions) => {
      const { printImagePath } = await load();
      await run(context, options, (where) => printImagePath(options, where));
    },
  );
  verb(images, 'pull-token', 'print the login as .dockerconfigjson of a Kubernetes Secret, in base64').action(
    async (options: ImagesOptions) => {
      const { printPullToken } = await load();
      await run(context, options, (where) => printPullToken(options, where));
    },
  );
  verb(images, 'credentials', 'print user name and password of the registry').action(async (options: ImagesOptions) => {
    const { printCredentials } = await load();
    await run(context, options, (where) => printCredentials(options, where));
  });
  verb(images, 'cid', 'print the customer id with its checksum').action(async (options: ImagesOptions) => {
    const { printCid } = await load();
    await run(context, options, (where) => printCid(options, where));
  });
}

async function run(
  { signal, verbosity }: ProgramContext,
  options: ImagesOptions,
  work: (context: ImagesContext) => Promise<void>,
): Promise<void> {
  verbosity.verbose = options.verbose > 1;
  const { env, stdout, stderr } = process;
  const { explained } = await import('./images-error.ts');
  await explained(() => work({ env, stdout, stderr, signal }));
}

/** A verb with the options that all have. */
function verb(images: Command, name: string, description: string): Command {
  return images
    .command(name)
    .description(description)
    .addOption(new Option('-t, --type <type>', 'which image (default: falcon-imageanalyzer)').env('SENSOR_TYPE'))
    .addOption(new Option('-u, --client-id <id>', 'id of the Falcon API client').env('FALCON_CLIENT_ID'))
    .addOption(new Option('-s, --client-secret <secret>').hideHelp())
    .addOption(new Option('-f, --cid <cid>', 'customer id, which is asked for otherwise').env('FALCON_CID'))
    .addOption(
      new Option('-r, --region <cloud>', 'us-1, us-2, us-3, eu-1, us-gov-1, us-gov-2; government clouds must be named')
        .env('FALCON_CLOUD')
        .default('autodiscover'),
    )
    .addOption(
      new Option('--internal-build-stage <stage>')
        .choices(['release', 'stage'])
        .env('BUILD_STAGE')
        .default('release')
        .hideHelp(),
    )
    .addOption(
      new Option('--api-url <url>', 'another API host than the cloud has; with --registry').env('IAR_FALCON_API_URL'),
    )
    .addOption(new Option('--registry <host>', 'another registry than the cloud has').env('IAR_FALCON_REGISTRY'))
    .option('--ca-cert <file>', 'trust the certificates in this PEM file as well')
    .option('--insecure-skip-tls-verify', 'accept any certificate')
    .option('--insecure-use-http', 'speak plain HTTP to hosts named here (loopback needs no flag)')
    .option('-q, --quiet', 'no notes on standard error')
    .option('-v, --verbose', 'notes on what is done; twice: stack traces', (_, count: number) => count + 1, 0);
}

function withPlatform(command: Command): Command {
  return command.addOption(
    new Option('-p, --platform <platform>', 'x86_64 or aarch64, or as linux/amd64 and linux/arm64').env(
      'SENSOR_PLATFORM',
    ),
  );
}

function withChoice(command: Command): Command {
  return withPlatform(command).addOption(
    new Option('--version <version>', 'whole or in part: 7.31 is the newest 7.31.x (default: the newest)').env(
      'SENSOR_VERSION',
    ),
  );
}

const imagesHelp = `
FALCON_CLIENT_ID and FALCON_CLIENT_SECRET hold the Falcon API client; the secret is read from the environment alone.
Types: falcon-imageanalyzer, falcon-sensor, falcon-container, falcon-kac, each also with -regional; falcon-snapshot, fcs,
falcon-jobcontroller, falcon-registryassessmentexecutor.

Examples:
  iar images list-tags --type falcon-kac
  iar images image-path --type falcon-sensor --version 7.28
  iar images copy registry.example.com/security --type falcon-imageanalyzer
  iar images pull oci-layout:./falcon-imageanalyzer
  iar images pull docker --platform aarch64
  iar images pull-token | base64 -d | kubectl create secret generic falcon-pull \\
    --type=kubernetes.io/dockerconfigjson --from-file=.dockerconfigjson=/dev/stdin

Exit codes: 0 done, 1 the cloud refused or failed, 2 usage, 3 image not available, 130/143 by signal.`;
