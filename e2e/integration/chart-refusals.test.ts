import { describe, expect, it } from 'vitest';
import { socketValues, watcherValues } from '../support/kubernetes/chart-values.ts';
import { renderChartYaml } from '../support/kubernetes/render-chart.ts';

describe('values that cannot work', () => {
  const socket = { ...socketValues, deployment: { enabled: false } };
  const token = { crowdstrikeConfig: { dockerAPIToken: 'token' } };

  it('are refused with all reasons at once', async () => {
    const refusal = renderChartYaml({ deployment: { enabled: true }, openshift: { enabled: true } });
    for (const reason of [
      ...['image.repository is required', 'image.tag is required', 'crowdstrikeConfig.clientID is required'],
      ...['crowdstrikeConfig.clientSecret is required', 'crowdstrikeConfig.cid is required'],
      'openshift.enabled is not supported yet',
    ]) {
      await expect(refusal).rejects.toThrow(reason);
    }
  });

  it.each([
    ['no mode', { deployment: { enabled: false } }, "'oneOf' failed"],
    ['both modes', { daemonset: { enabled: true } }, "'oneOf' failed"],
    ['an old API server', {}, '>=1.20.0-0', '1.19'],
    ['socket mode without a runtime', { deployment: {}, daemonset: { enabled: true } }, 'agentRuntime'],
    ['no tag', { image: { repository: 'r' } }, 'image.tag is required (or image.digest'],
    ['a tag in the repository', { image: { repository: 'r.example/iar:1', tag: '1' } }, '/image/repository'],
    [
      'half a client',
      { crowdstrikeConfig: { clientSecret: '' } },
      'clientSecret is required (crowdstrikeConfig.clientID is given)',
    ],
    [
      'the other half',
      { crowdstrikeConfig: { clientID: '' } },
      'clientID is required (crowdstrikeConfig.clientSecret is given)',
    ],
    ['no CID', { crowdstrikeConfig: { cid: '' } }, 'crowdstrikeConfig.cid is required'],
    ['a CID without checksum', { crowdstrikeConfig: { cid: '0123456789abcdef'.repeat(2) } }, '/crowdstrikeConfig/cid'],
    [
      'a shared Secret without a name',
      { global: { falconSecret: { enabled: true } } },
      'global.falconSecret.secretName',
    ],
    ['an unknown region', { crowdstrikeConfig: { agentRegion: 'us-3' } }, '/crowdstrikeConfig/agentRegion'],
    ['two agents', { replicaCount: 2 }, '/replicaCount'],
    ['an unknown value', { exclusion: { namespace: 'a' } }, "'exclusion' not allowed"],
    ['an unknown value inside', { image: { repo: 'r.example/iar' } }, "'repo' not allowed"],
    ['an unknown own value', { iar: { sink: 'falcon' } }, "'sink' not allowed"],
    ['no sink', { iar: { sinks: [] } }, '/iar/sinks'],
    ['a sink with a password', { iar: { sinks: ['https://me:secret@sink.example'] } }, '/iar/sinks/0'],
    ['a cloud with a password', { iar: { falconApiUrl: 'https://me:secret@cloud.example' } }, '/iar/falconApiUrl'],
    ['half a cloud', { iar: { falconApiUrl: 'https://cloud.example' } }, 'iar.falconUploadUrl go together'],
    ['a token without a CID', { crowdstrikeConfig: { ...token.crowdstrikeConfig, cid: '' } }, 'dockerAPIToken needs'],
    ['a pull secret without namespace', { privateRegistries: { credentials: 'a:b,c' } }, 'c is not of the form'],
    ['a claim of many nodes', { ...socket, iar: { stateVolume: { existingClaim: 'c' } } }, 'existingClaim is for'],
    ['a directory of any node', { iar: { stateVolume: { hostPath: '/var/lib/iar' } } }, 'hostPath is for'],
    ['a variable of the chart', { iar: { extraEnv: [{ name: 'POD_NAME', value: 'x' }] } }, 'POD_NAME is set by'],
    ['a variable twice', { iar: { extraEnv: [{ name: 'A' }, { name: 'A' }] } }, 'A is there twice'],
    [
      'two pull secrets in one place',
      { ...token, image: { ...watcherValues.image, registryConfigJSON: 'e30=' } },
      'cannot be used together',
    ],
  ])('are refused: %s', async (_what, more, reason, kubeVersion?: string) => {
    const crowdstrikeConfig = {
      ...watcherValues.crowdstrikeConfig,
      ...('crowdstrikeConfig' in more ? more.crowdstrikeConfig : {}),
    };
    const values = { ...watcherValues, ...more, crowdstrikeConfig };
    await expect(renderChartYaml(values, kubeVersion === undefined ? {} : { kubeVersion })).rejects.toThrow(reason);
  });

  it.each([
    ['openshift.enabled', { openshift: { enabled: true } }],
    ['global.openshift.enabled', { global: { openshift: { enabled: true } } }],
    ['secretsStore.enabled', { secretsStore: { enabled: true, provider: 'vault' } }],
    ['global.secretsStore.enabled', { global: { secretsStore: { enabled: true } } }],
    ['iarAgentService.httpPort', { iarAgentService: { httpPort: 9001 } }],
    ['iarAgentService.autoCertificateUpdate', { iarAgentService: { autoCertificateUpdate: false } }],
    ['iarAgentService.certExpiration', { iarAgentService: { certExpiration: 30 } }],
    ['iarAgentService.domainName', { iarAgentService: { domainName: 'cluster.example' } }],
    ['testing.enabled', { testing: { enabled: true } }],
    ['testing.labelNamespace', { testing: { labelNamespace: true } }],
  ])('name what is not supported yet: %s', async (name, more) => {
    await expect(renderChartYaml({ ...watcherValues, ...more })).rejects.toThrow(`${name} is not supported yet`);
  });
});
