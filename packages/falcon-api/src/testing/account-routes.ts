import type { DoubleRoute } from './double-route.ts';
import { resources } from './envelope.ts';

const credentials = [
  ['/container-security/entities/image-registry-credentials/v1', 'falcon-container:read'],
  ['/snapshots/entities/image-registry-credentials/v1', 'snapshot-scanner-image-download:read'],
  ['/iac/entities/image-registry-credentials/v1', 'infrastructure-as-code:read'],
] as const;

/** What a customer asks of its own account: the id with checksum, and the password for the image registry. */
export function accountRoutes(registryPassword: string): readonly DoubleRoute[] {
  return [
    {
      method: 'GET',
      path: '/sensors/queries/installers/ccid/v1',
      scope: 'sensor-installers:read',
      answer: ({ ccid, traceId }) => resources([ccid], traceId),
    },
    ...credentials.map(
      ([path, scope]): DoubleRoute => ({
        ...{ method: 'GET', path, scope, refusal: 'bare' },
        answer: ({ traceId }) => resources([{ token: registryPassword }], traceId),
      }),
    ),
  ];
}
