import { anywhere, type BinaryClass, near } from '../binary-class.ts';

const three = String.raw`(?<version>\d{1,2}\.\d{1,3}\.\d{1,3})`;
const released = String.raw`(?<version>\d{1,2}\.\d{1,3}\.\d{1,3}(?:-(?:alpha|beta|rc)\.?\d{1,2}|-dev)?)`;

/** Where Go's linker put a version: between zero bytes, with those of the compiler close by or not. */
const linked = (requires: string, version = released, prefix = 'v?'): ReturnType<typeof anywhere> =>
  anywhere(new RegExp(String.raw`\0${prefix}${version}\0`), requires);

const beats = [
  anywhere(new RegExp(`Test ${three}[a-z%]`)),
  anywhere(new RegExp(`plugin(?:output)?${three}[-a-z]`)),
  near('5m.rate', new RegExp(String.raw`5m\.rate${three}-`)),
];
const istio = [
  near('Clean', new RegExp(String.raw`Clean\0{1,16}${released}\0`)),
  near('Modified', /Modified\0{1,16}(?<version>\d\.\d{1,2}-dev)\0/),
  anywhere(new RegExp(String.raw`\d\.\d{1,2}\.\d{1,2}\0{1,16}${released}\0`), 'istio.io/'),
];

const beatClasses: readonly BinaryClass[] = ['filebeat', 'metricbeat', 'heartbeat', 'packetbeat', 'auditbeat'].map(
  (name) => ({ id: name, name, cpes: [`elastic:${name}`], files: [name], rules: beats }),
);

/**
 * Programs of clouds and clusters. Most are written in Go; where their build information has the version, that says the
 * same, but builds with `-trimpath` keep what the linker was told out of it.
 */
export const cloudClasses: readonly BinaryClass[] = [
  ...beatClasses,
  {
    ...{ id: 'elastic-agent', name: 'elastic-agent', cpes: ['elastic:elastic_agent'], files: ['elastic-agent'] },
    rules: [
      near('enroll', new RegExp(`enroll(?:: true)?${three}-?header`)),
      near(':https', new RegExp(`PM${three}:https`)),
    ],
  },
  {
    ...{ id: 'traefik', name: 'traefik', cpes: ['traefik:traefik'], files: ['traefik'] },
    rules: [anywhere(new RegExp(String.raw`(?:\0v?|[\x80-\xff])${released}\0`), 'traefik/')],
  },
  {
    ...{ id: 'helm', type: 'golang', namespace: 'helm.sh', name: 'helm', cpes: ['helm:helm'], files: ['helm'] },
    rules: [linked('helm.sh/helm', released, '[sS]?v'), linked('k8s.io/helm', released, 'v')],
  },
  {
    ...{ id: 'consul', type: 'golang', namespace: 'github.com/hashicorp', name: 'consul', cpes: ['hashicorp:consul'] },
    files: ['consul'],
    rules: [
      near('CONSUL_VERSION: ', new RegExp(`CONSUL_VERSION: ${three}`)),
      near('GitDescribe=', new RegExp(`GitDescribe=v?${three}"`)),
      linked('hashicorp/consul', three, 'v'),
    ],
  },
  {
    ...{ id: 'vault', type: 'golang', namespace: 'github.com/hashicorp', name: 'vault', cpes: ['hashicorp:vault'] },
    files: ['vault'],
    rules: [
      near('revoke1.', new RegExp(`revoke${three}`)),
      near('state1.', /state(?<version>1\.\d{1,2}\.\d{1,2}-rc\d)/),
      near('016x1.1', /016x(?<version>1\.1[134]\.\d{1,2})/),
      linked('hashicorp/vault', String.raw`(?<version>[01]\.\d{1,2}\.\d{1,2})`, ''),
    ],
  },
  {
    ...{ id: 'grafana', name: 'grafana', cpes: ['grafana:grafana'], files: ['grafana', 'grafana-server'] },
    rules: [
      anywhere(/\0release-(?<version>\d{2}\.\d\.\d{1,2})(?:\+security-\d{2})?\0/, 'grafana/'),
      anywhere(
        /\0(?<version>\d{1,2}\.\d\.\d{1,2}(?:-\d{6,12}|-beta\d|-test|-preview)?)(?:\+security-\d{2})?\0/,
        'grafana/',
      ),
      near(
        'HEAD',
        /HEAD\0{1,16}[\s\S]{0,40}?[^\d.](?<version>\d{1,2}\.\d\.\d{1,2}(?:-beta\d)?)(?:\+security-\d{2})?\0/,
      ),
    ],
  },
  {
    ...{ id: 'istio', name: 'istio', cpes: ['istio:istio'], files: ['pilot-discovery', 'pilot-agent'] },
    rules: istio,
  },
  {
    ...{ id: 'ingress-nginx', name: 'nginx-ingress-controller', cpes: ['kubernetes:ingress-nginx'] },
    files: ['nginx-ingress-controller'],
    rules: [
      near('k8s.io/ingress-nginx', new RegExp(String.raw`version\.RELEASE=v${released}`)),
      // One zero byte is not enough: versions of what is compiled in have that.
      anywhere(new RegExp(String.raw`[^\w.]v${released}\0\0`), 'ingress-nginx'),
    ],
  },
  {
    ...{ id: 'fluent-bit', type: 'github', namespace: 'fluent', name: 'fluent-bit', cpes: ['treasuredata:fluent_bit'] },
    files: ['fluent-bit'],
    rules: [near('Fluent Bit', new RegExp(String.raw`\0${three}\0(?:\x1b\[1m)?\0{0,2}(?:%s)?Fluent`))],
  },
];
