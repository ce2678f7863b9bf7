import type { Secret } from '../secret.ts';
import type { SettingRows } from '../setting.ts';
import { hostAndPort, proxyUrl } from '../values/address.ts';
import { listOf } from '../values/list-of.ts';
import { type NamespacedName, namespacedName } from '../values/namespaced-name.ts';
import { boolean, text } from '../values/one-value.ts';

/** How registries, and everything else that is not in the cluster, are reached. */
export interface RegistrySettings {
  readonly secretsAutodiscover: boolean;
  readonly registryCredentials: readonly NamespacedName[];
  /** Directory of `config.json`. */
  readonly dockerConfig: string | undefined;
  readonly registryAuthFile: string | undefined;
  /** File. */
  readonly registriesConf: string | undefined;
  /** Directory. */
  readonly registryHostsDir: string | undefined;
  /** `host` or `host:port`, in lower case. */
  readonly insecureRegistries: readonly string[];
  /** PEM file, which was readable. */
  readonly caCert: string | undefined;
  /** The URL may hold a password. */
  readonly httpProxy: Secret | undefined;
  readonly httpsProxy: Secret | undefined;
  readonly noProxy: readonly string[];
}

/** Rows of {@link RegistrySettings}. */
export const registrySettings: SettingRows<RegistrySettings> = {
  secretsAutodiscover: {
    env: 'SECRETS_AUTODISCOVER_ENABLED',
    argument: 'true|false',
    schema: boolean,
    default: true,
    description: 'Whether registry credentials are taken from the image pull secrets of all namespaces.',
  },
  registryCredentials: {
    env: 'AGENT_REGISTRY_CREDENTIALS',
    argument: 'namespace:secret',
    schema: listOf(namespacedName),
    list: true,
    default: [],
    description:
      'Image pull secrets with registry credentials; without effect while `SECRETS_AUTODISCOVER_ENABLED` is true.',
    example: 'team-a:registry,team-b:registry',
    format: (secrets) => secrets.map(({ namespace, name }) => `${namespace}:${name}`).join(','),
  },
  dockerConfig: {
    env: 'DOCKER_CONFIG',
    argument: 'dir',
    schema: text,
    default: undefined,
    defaultText: '`~/.docker`',
    description: 'The directory of a `config.json` with credentials for registries that no pull secret covers.',
  },
  registryAuthFile: {
    env: 'REGISTRY_AUTH_FILE',
    argument: 'file',
    schema: text,
    default: undefined,
    description:
      'A credentials file as podman and skopeo read it, instead of the one of the session; asked after `DOCKER_CONFIG`.',
  },
  registriesConf: {
    env: 'IAR_REGISTRIES_CONF',
    argument: 'file',
    schema: text,
    default: undefined,
    description:
      'A `registries.conf` (version 2) as Podman and CRI-O read it: mirrors, rewritten names, insecure and blocked registries.',
    example: '/etc/containers/registries.conf',
  },
  registryHostsDir: {
    env: 'IAR_REGISTRY_HOSTS_DIR',
    argument: 'dir',
    schema: text,
    default: undefined,
    description:
      'A directory as containerd has it, with a `hosts.toml` for each registry; it goes before `registries.conf`.',
    example: '/etc/containerd/certs.d',
  },
  insecureRegistries: {
    env: 'IAR_INSECURE_REGISTRIES',
    argument: 'hosts',
    schema: listOf(hostAndPort),
    list: true,
    default: [],
    description:
      'Registries that are spoken to by plain HTTP: `host` or `host:port`. Those on loopback need not be named.',
    example: 'registry.local:5000',
  },
  caCert: {
    env: 'IAR_CA_CERT',
    argument: 'file',
    schema: text,
    default: undefined,
    description: 'A PEM file with certificates to trust beside those of the system.',
  },
  httpProxy: {
    env: 'HTTP_PROXY',
    aliases: ['http_proxy'],
    argument: 'url',
    schema: proxyUrl,
    secret: true,
    closedTo: ['flag'],
    default: undefined,
    description: 'The proxy for plain HTTP; it may hold user and password.',
    example: 'http://proxy.example.com:3128',
  },
  httpsProxy: {
    env: 'HTTPS_PROXY',
    aliases: ['https_proxy'],
    argument: 'url',
    schema: proxyUrl,
    secret: true,
    closedTo: ['flag'],
    default: undefined,
    description: 'The proxy for HTTPS.',
  },
  noProxy: {
    env: 'NO_PROXY',
    aliases: ['no_proxy'],
    argument: 'hosts',
    schema: listOf(text, /[\s,]+/),
    list: true,
    closedTo: ['flag'],
    default: [],
    description: 'What is reached without the proxy. A registry also needs the host here that issues its tokens.',
    example: 'registry.example.com,.cluster.local',
  },
};
