import { createWorkerIsolation, type WorkerIsolation } from '@falcon-iar/sbom';

/** Threads that read archives and databases beside the layers; none starts before the first such file. */
const workers = 2;

/** Where catalogers read what a hostile file could make them read for ever. To be closed at the end. */
export function openIsolation(): WorkerIsolation {
  return createWorkerIsolation({ workers, module: import.meta.resolve('@falcon-iar/sbom/worker') });
}
