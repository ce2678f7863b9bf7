import type { ImageTarget, ImageWriter } from '../copy/image-target.ts';
import { checkLayoutName, refNameAnnotation } from '../layout/layout-entry.ts';
import { createLayoutArchive } from './create-layout-archive.ts';

/**
 * A file as target of one copy: an OCI image layout in a tar, as `oci-archive:` of skopeo and podman names it. The name of
 * the image is its tag there. A file that is there is replaced when the copy has succeeded; one that fails leaves nothing.
 */
export function createOciArchive(path: string): ImageTarget {
  return {
    name: path,
    async begin(plan): Promise<ImageWriter> {
      const { name } = plan;
      if (name !== undefined) checkLayoutName(name, path);
      return createLayoutArchive(path, plan, {
        annotations: name === undefined ? undefined : { [refNameAnnotation]: name },
      });
    },
  };
}
