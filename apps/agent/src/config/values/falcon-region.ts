import { type FalconCloudName, FalconError, falconClouds, resolveCloud } from '@falcon-iar/falcon-api';
import { z } from 'zod';
import { oneValue } from './one-value.ts';

const names = [...Object.keys(falconClouds), 'autodiscover'];

/** A Falcon cloud in any of the spellings that falcon-api knows, and `auto…` in those of the public chart. */
export const falconRegion: z.ZodType<FalconCloudName> = oneValue.transform((text, ctx) => {
  try {
    return resolveCloud(/^auto(?:-?discovery)?$/i.test(text) ? 'autodiscover' : text).name;
  } catch (error) {
    if (!(error instanceof FalconError)) throw error;
    ctx.addIssue({ code: 'custom', message: `is no Falcon cloud; the names are ${names.join(', ')}` });
    return z.NEVER;
  }
});
