import type { FalconCloudName } from '@falcon-iar/falcon-api';
import type { Secret } from '../secret.ts';
import type { SettingRows } from '../setting.ts';
import { originUrl } from '../values/address.ts';
import { falconRegion } from '../values/falcon-region.ts';
import { listOf } from '../values/list-of.ts';
import { oneValue, text } from '../values/one-value.ts';
import { secretText } from '../values/secret-text.ts';
import { formatSink, type SinkSetting, sink } from '../values/sink.ts';

/** Where inventories go. */
export interface DeliverySettings {
  /** At least one, each once. */
  readonly sinks: readonly SinkSetting[];
  /** Given together with the secret. */
  readonly clientId: string | undefined;
  readonly clientSecret: Secret | undefined;
  /** In lower case, with or without checksum. */
  readonly cid: string | undefined;
  readonly region: FalconCloudName;
  /** Origin, given together with that of the upload host. Both count before the region's. */
  readonly falconApiUrl: string | undefined;
  readonly falconUploadUrl: string | undefined;
}

/** Rows of {@link DeliverySettings}. */
export const deliverySettings: SettingRows<DeliverySettings> = {
  sinks: {
    env: 'IAR_SINK',
    argument: 'falcon|file:DIR',
    schema: listOf(sink),
    list: true,
    default: [],
    defaultText:
      '`falcon` with credentials, else `file:` and `reports` in the state directory or the working directory',
    description:
      'Where inventories are delivered to: the Falcon cloud, or a directory that gets one folder for each image with ' +
      '`sbom.cdx.json` and `inventory.json`.',
    example: 'falcon,file:/var/lib/iar/reports',
    format: (sinks) => sinks.map(formatSink).join(','),
  },
  clientId: {
    env: 'AGENT_CLIENT_ID',
    argument: 'id',
    schema: text,
    default: undefined,
    description: 'The id of the Falcon API client. It comes with its secret.',
  },
  clientSecret: {
    env: 'AGENT_CLIENT_SECRET',
    argument: 'secret',
    schema: secretText,
    secret: true,
    closedTo: ['flag'],
    default: undefined,
    description: 'The secret of the Falcon API client.',
  },
  cid: {
    env: 'AGENT_CID',
    argument: 'cid',
    schema: oneValue
      .toLowerCase()
      .regex(/^[0-9a-f]{32}(?:-[0-9a-f]{2})?$/, { error: 'is not 32 hexadecimal digits, a dash and a checksum of 2' }),
    default: undefined,
    description: 'The customer id, as the Falcon console shows it.',
    example: '0123456789abcdef0123456789abcdef-12',
  },
  region: {
    env: 'AGENT_REGION',
    argument: 'cloud',
    schema: falconRegion,
    default: 'autodiscover',
    description:
      'The Falcon cloud: `us-1`, `us-2`, `us-3`, `eu-1`, `us-gov-1` (`gov-1`) or `us-gov-2` (`gov-2`), with or without ' +
      'dashes. `autodiscover` (`auto`, `autodiscovery`) finds the home of the credentials among the commercial clouds.',
  },
  falconApiUrl: {
    env: 'IAR_FALCON_API_URL',
    argument: 'url',
    schema: originUrl,
    default: undefined,
    defaultText: "the region's",
    description: 'Another API host than the region has, for a gateway or a test cloud. It comes with the upload host.',
    example: 'https://falcon-gateway.example.com',
  },
  falconUploadUrl: {
    env: 'IAR_FALCON_UPLOAD_URL',
    argument: 'url',
    schema: originUrl,
    default: undefined,
    defaultText: "the region's",
    description: 'Another upload host than the region has.',
  },
};
