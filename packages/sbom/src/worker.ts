// A program for worker threads, not a library: the module to name where the catalogers of this package are all there are.
import { isolatedCatalogers } from './catalogers/isolated-catalogers.ts';
import { serveCatalogers } from './worker/serve-catalogers.ts';

serveCatalogers(isolatedCatalogers);
