import type { SettingRows } from '../setting.ts';
import { listenHost, portOrOff } from '../values/address.ts';
import { boolean, oneValue } from '../values/one-value.ts';

/** What people and machines see of the agent. */
export interface ObservabilitySettings {
  /** File descriptor: standard output or standard error. */
  readonly logOutput: 1 | 2;
  readonly debug: boolean;
  /** 0 is any free port. */
  readonly httpPort: number | 'off';
  /** Absent: all addresses. */
  readonly httpHost: string | undefined;
}

/** Rows of {@link ObservabilitySettings}. */
export const observabilitySettings: SettingRows<ObservabilitySettings> = {
  logOutput: {
    env: 'LOG_OUTPUT',
    argument: '1|2',
    schema: oneValue.transform((text) => (text === '1' ? 1 : 2)),
    default: 2,
    description: 'Where the log goes: `1` is standard output, anything else standard error.',
  },
  debug: {
    env: 'AGENT_DEBUG',
    argument: 'true|false',
    schema: boolean,
    default: false,
    description: 'Whether the log has details and stack traces.',
  },
  httpPort: {
    env: 'IAR_HTTP_PORT',
    argument: 'port|off',
    schema: portOrOff,
    default: 8080,
    description: 'The port of `/healthz`, `/readyz` and `/metrics`. `0` takes any free one, `off` serves nothing.',
  },
  httpHost: {
    env: 'IAR_HTTP_HOST',
    argument: 'address',
    schema: listenHost,
    default: undefined,
    defaultText: 'all addresses',
    description: 'The address that port is opened at.',
    example: '127.0.0.1',
  },
};
