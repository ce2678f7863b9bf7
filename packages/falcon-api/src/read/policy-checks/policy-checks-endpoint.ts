import { type CallOptions, type ReadDesk, requestEnvelope } from '../call/read-desk.ts';
import { readResources } from '../call/read-resources.ts';
import { type PolicyCheck, policyCheckSchema } from './policy-check.ts';

/** Names the image to hold against the policies. */
export interface PolicyCheckImage {
  readonly repository: string;
  readonly tag: string;
  readonly registry?: string;
  /** `amd64`, `arm64`, … */
  readonly architecture?: string;
}

/** Policy checks: `/image-assessment/entities/policy-checks/v2`. Scope `falcon-container-image:read`. */
export interface PolicyChecksEndpoint {
  /**
   * What the policies say of an assessed image: an entry for each policy that was asked, none where no policy applies.
   *
   * @throws FalconError `NOT_FOUND` where the cloud does not know the image (yet), or any code a call can fail with.
   */
  check(image: PolicyCheckImage, options?: CallOptions): Promise<readonly PolicyCheck[]>;
}

/** The policy checks over a session. */
export function createPolicyChecksEndpoint(desk: ReadDesk): PolicyChecksEndpoint {
  return {
    async check({ repository, tag, registry, architecture }, { signal } = {}) {
      const call = {
        path: '/image-assessment/entities/policy-checks/v2',
        query: { repository, tag, registry, architecture },
        notFound: 'the cloud does not know the image',
      };
      const { envelope, answer } = await requestEnvelope(desk, call, signal);
      return readResources(policyCheckSchema, envelope.resources, answer);
    },
  };
}
