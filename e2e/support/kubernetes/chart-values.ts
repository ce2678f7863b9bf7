/** A client, its secret and a customer id as they look, of no one. */
export const falconCredentials = {
  clientID: '7d1f0000000000000000000000000001',
  clientSecret: 'a-client-secret-of-no-one',
  cid: '0123456789ABCDEF0123456789ABCDEF-12',
};

/** The least that the Deployment needs. */
export const watcherValues = {
  deployment: { enabled: true },
  image: { repository: 'registry.example/iar', tag: '0.1.0' },
  crowdstrikeConfig: falconCredentials,
};

/** The least that the DaemonSet needs. */
export const socketValues = {
  daemonset: { enabled: true },
  image: watcherValues.image,
  crowdstrikeConfig: { ...falconCredentials, agentRuntime: 'containerd' },
};
