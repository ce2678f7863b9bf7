import { describe, expect, it } from 'vitest';
import { unknownVariables } from './unknown-variables.ts';

describe('unknownVariables', () => {
  it('names what looks like a setting and is none, with the nearest one', () => {
    const env = { IAR_SNIK: 'falcon', IAR_RUNMODE: 'socket', IAR_ZZZ: 's3cret', IAR_SINK: 'falcon', PATH: '/bin' };
    expect(unknownVariables(env)).toEqual([
      'IAR_RUNMODE is no setting and does nothing; did you mean AGENT_RUNMODE?',
      'IAR_SNIK is no setting and does nothing; did you mean IAR_SINK?',
      'IAR_ZZZ is no setting and does nothing',
    ]);
  });

  it('leaves alone what another verb reads', () => {
    expect(unknownVariables({ IAR_FALCON_REGISTRY: '127.0.0.1:5000' })).toEqual([]);
  });

  it('leaves alone what Kubernetes sets for a Service called iar-agent-service', () => {
    const env = {
      IAR_AGENT_SERVICE_SERVICE_HOST: '10.0.0.1',
      IAR_AGENT_SERVICE_SERVICE_PORT: '443',
      IAR_AGENT_SERVICE_SERVICE_PORT_HTTPS: '443',
      IAR_AGENT_SERVICE_PORT: 'tcp://10.0.0.1:443',
      IAR_AGENT_SERVICE_PORT_443_TCP: 'tcp://10.0.0.1:443',
      IAR_AGENT_SERVICE_PORT_443_TCP_PROTO: 'tcp',
      IAR_AGENT_SERVICE_PORT_443_TCP_PORT: '443',
      IAR_AGENT_SERVICE_PORT_443_TCP_ADDR: '10.0.0.1',
      IAR_OTHER_PORT: 'tcp://10.0.0.2:80',
    };
    expect(unknownVariables(env)).toEqual([]);
  });
});
