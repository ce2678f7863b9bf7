import type { Setting, SettingRows } from '../setting.ts';
import { text } from '../values/one-value.ts';

/** Where the agent itself runs; absent outside a pod. */
export interface PodSettings {
  readonly podName: string | undefined;
  readonly podNamespace: string | undefined;
  readonly podIp: string | undefined;
  readonly podNodeName: string | undefined;
  readonly podNodeIp: string | undefined;
}

/** Rows of {@link PodSettings}. */
export const podSettings: SettingRows<PodSettings> = {
  podName: fromDownwardApi('POD_NAME', 'name', "The agent's pod."),
  podNamespace: fromDownwardApi('POD_NAMESPACE', 'name', 'Its namespace.'),
  podIp: fromDownwardApi('POD_IP', 'address', 'Its address.'),
  podNodeName: fromDownwardApi('POD_NODE_NAME', 'name', 'The node it runs on.'),
  podNodeIp: fromDownwardApi('POD_NODE_IP', 'address', 'The address of the node.'),
};

function fromDownwardApi(env: string, argument: string, description: string): Setting<string | undefined> {
  return { env, argument, schema: text, closedTo: ['flag', 'file'], default: undefined, description };
}
