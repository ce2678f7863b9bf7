/** The annotation that excludes a pod, or all pods of a namespace. */
export const disablingAnnotation = 'sensor.crowdstrike.com/imageanalyzer';

/** Whether annotations carry it with its one value. */
export function isDisabled(annotations: unknown): boolean {
  return (annotations as Readonly<Record<string, unknown>> | null | undefined)?.[disablingAnnotation] === 'disabled';
}
