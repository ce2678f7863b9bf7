/** The program that a document names as its maker. */
export interface DocumentTool {
  readonly name: string;
  readonly version?: string;
  /** Who makes the program, or the scope it is published under. */
  readonly group?: string;
}

/** Stands in where the host does not say what program it is. */
export const libraryTool: DocumentTool = { group: '@falcon-iar', name: 'sbom' };
