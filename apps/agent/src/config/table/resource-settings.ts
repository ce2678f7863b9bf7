import { defaultMemoryBudget } from '@falcon-iar/sbom';
import type { SettingRows } from '../setting.ts';
import { text, wholeNumber } from '../values/one-value.ts';
import { formatQuantity, quantity } from '../values/quantity.ts';

/** What the agent may use. */
export interface ResourceSettings {
  /** Images at once. */
  readonly maxConsumerThreads: number;
  readonly memoryBudgetBytes: number;
  /** Absent: the temporary directory of the system. */
  readonly scratchDir: string | undefined;
  readonly scratchBytes: number;
  /** Absent: nothing outlives the process. */
  readonly stateDir: string | undefined;
  readonly layerCacheBytes: number;
}

const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;

/** Rows of {@link ResourceSettings}. */
export const resourceSettings: SettingRows<ResourceSettings> = {
  maxConsumerThreads: {
    env: 'AGENT_MAX_CONSUMER_THREADS',
    argument: 'number',
    schema: wholeNumber(1, 1000),
    default: 1,
    description: 'Images that are analysed at the same time.',
  },
  memoryBudgetBytes: {
    env: 'IAR_MEMORY_BUDGET',
    argument: 'quantity',
    schema: quantity(mebibyte),
    default: defaultMemoryBudget,
    description: 'Bytes of image content that are held in memory at the same time, whatever the size of the images.',
    format: formatQuantity,
  },
  scratchDir: {
    env: 'IAR_SCRATCH_DIR',
    argument: 'dir',
    schema: text,
    default: undefined,
    defaultText: 'the temporary directory of the system',
    description: 'Where files of an image go that are too large for memory, for the time they are read.',
  },
  scratchBytes: {
    env: 'AGENT_TEMP_MOUNT_SIZE',
    argument: 'quantity',
    schema: quantity(),
    default: 20 * gibibyte,
    description: 'Bytes in the scratch directory at the same time. The chart sets it to the size of the volume.',
    format: formatQuantity,
  },
  stateDir: {
    env: 'IAR_STATE_DIR',
    argument: 'dir',
    schema: text,
    default: undefined,
    defaultText: 'none: state is held in memory and a restart begins anew',
    description: 'Where the agent keeps what it knows of layers, what it has delivered and what it has yet to deliver.',
    example: '/var/lib/falcon-iar',
  },
  layerCacheBytes: {
    env: 'IAR_LAYER_CACHE_SIZE',
    argument: 'quantity',
    schema: quantity(),
    default: gibibyte,
    description: 'Bytes in the state directory for what is known of layers; the longest unused is forgotten first.',
    format: formatQuantity,
  },
};
