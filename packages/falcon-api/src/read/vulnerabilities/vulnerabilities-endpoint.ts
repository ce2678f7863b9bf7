import type { ApplicationPackageInfo } from '../../wire/application-package-info.ts';
import type { PackageInfo } from '../../wire/package-info.ts';
import { type JsonObject, jsonObject } from '../call/model.ts';
import { type CallOptions, type ReadDesk, requestEnvelope } from '../call/read-desk.ts';
import { readResources } from '../call/read-resources.ts';
import { type ListOptions, usualBounds } from '../paging/list-options.ts';
import { walkList } from '../paging/list-pages.ts';
import {
  type AssessedVulnerability,
  assessedVulnerabilitySchema,
  type ImageVulnerability,
  imageVulnerabilitySchema,
  type VulnerabilityInfo,
  vulnerabilityInfoSchema,
} from './assessed-vulnerability.ts';

/** What to look vulnerabilities up for: `api.ImageLookupRequest`. */
export interface VulnerabilityLookup {
  /** Name and version of the distribution, such as `Debian GNU/Linux 12`. */
  readonly osversion: string;
  /** OS packages. */
  readonly packages: readonly PackageInfo[];
  /** Language packages. */
  readonly applicationPackages?: readonly ApplicationPackageInfo[];
}

/** Vulnerabilities over all assessed images, and look-ups without an image. */
export interface VulnerabilitiesEndpoint {
  /**
   * Each vulnerability once: `GET /container-security/combined/vulnerabilities/v1`. Scope
   * `falcon-container-image:read`.
   */
  list(options?: ListOptions): AsyncIterable<AssessedVulnerability>;
  /**
   * The vulnerabilities of one image: `GET /container-security/combined/vulnerabilities/details/v1`, up to 5000 at once.
   * Scope `falcon-container-image:read`.
   *
   * @param uuid - The cloud's own id of the image, as `images.details` gives it.
   */
  ofImage(uuid: string, options?: Omit<ListOptions, 'sort'>): AsyncIterable<ImageVulnerability>;
  /**
   * All about one vulnerability: `GET /container-security/combined/vulnerabilities/info/v1`. Scope
   * `falcon-container-image:read`.
   */
  info(cveId: string, options?: Omit<ListOptions, 'filter' | 'sort'>): AsyncIterable<VulnerabilityInfo>;
  /**
   * Vulnerabilities of a list of packages that belongs to no stored image:
   * `POST /image-assessment/combined/vulnerability-lookups/v1`. Scope `falcon-container-cli:write`. The published
   * interface leaves the form of the findings open, so they are given as they came.
   */
  lookUp(request: VulnerabilityLookup, options?: CallOptions): Promise<readonly JsonObject[]>;
}

const folder = '/container-security/combined/vulnerabilities';
const maxLookupBytes = 64 * 1024 * 1024;

/** The vulnerabilities over a session. */
export function createVulnerabilitiesEndpoint(desk: ReadDesk): VulnerabilitiesEndpoint {
  return {
    list: (options = {}) => walkList(desk, { path: `${folder}/v1`, schema: assessedVulnerabilitySchema }, options),
    ofImage: (uuid, options = {}) =>
      walkList(
        desk,
        {
          path: `${folder}/details/v1`,
          schema: imageVulnerabilitySchema,
          query: { id: uuid },
          bounds: { ...usualBounds, maxPage: 5000 },
          notFound: 'the cloud knows no image with this id',
        },
        options,
      ),
    info: (cveId, options = {}) =>
      walkList(
        desk,
        {
          path: `${folder}/info/v1`,
          schema: vulnerabilityInfoSchema,
          query: { cve_id: cveId },
          notFound: 'the cloud knows no vulnerability with this id',
        },
        options,
      ),
    async lookUp({ osversion, packages, applicationPackages }, { signal } = {}) {
      const call = {
        method: 'POST',
        path: '/image-assessment/combined/vulnerability-lookups/v1',
        scope: 'falcon-container-cli:write',
        body: { osversion, packages, applicationPackages },
        maxBytes: maxLookupBytes,
      } as const;
      const { envelope, answer } = await requestEnvelope(desk, call, signal);
      return readResources(jsonObject, envelope.resources, answer);
    },
  };
}
