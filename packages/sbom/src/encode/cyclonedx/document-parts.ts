import type { CycloneDxComponent, CycloneDxDependency, CycloneDxDocument } from './document.ts';

/** A document whose long lists are made while they are written. */
export interface CycloneDxParts extends Omit<CycloneDxDocument, 'components' | 'dependencies'> {
  readonly components: Iterable<CycloneDxComponent>;
  readonly dependencies: Iterable<CycloneDxDependency>;
}
