import { BlockList, isIP } from 'node:net';
import { type CloudContext, type CloudOptions, cloudContext } from '../cloud-options.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { readIfThere } from '../read-text-file.ts';
import { refused } from '../refusal.ts';
import { askAws } from './ask-aws.ts';
import type { AwsCredentials, AwsCredentialsSource } from './aws-credentials.ts';
import { isTransient, jsonFault, printFault } from './aws-fault.ts';
import { parseCredentialsDocument } from './credentials-document.ts';
import { envValue } from './env-value.ts';
import { httpUrl } from './service-endpoint.ts';

/** Where the credentials of this container are. */
interface ContainerEndpoint {
  readonly url: URL;
  /** On this machine: never through a proxy. */
  readonly isLocal: boolean;
}

const timeout = 2000;
const ecsOrigin = 'http://169.254.170.2';
const relativeName = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI';
const fullName = 'AWS_CONTAINER_CREDENTIALS_FULL_URI';

/** Loopback, and the agents of ECS and of EKS Pod Identity. */
const localAddresses = new BlockList();
localAddresses.addSubnet('127.0.0.0', 8, 'ipv4');
localAddresses.addAddress('::1', 'ipv6');
localAddresses.addAddress('169.254.170.2', 'ipv4');
localAddresses.addAddress('169.254.170.23', 'ipv4');
localAddresses.addAddress('fd00:ec2::23', 'ipv6');

function isLocalHost(hostname: string): boolean {
  const address = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  const family = isIP(address);
  return hostname === 'localhost' || (family !== 0 && localAddresses.check(address, family === 6 ? 'ipv6' : 'ipv4'));
}

/** The endpoint that the variables name; a full URL over plain http only where the answer does not leave the machine. */
function endpointOf(relative: string | undefined, full: string): ContainerEndpoint {
  const name = relative === undefined ? fullName : relativeName;
  // Only appended, so that nothing in it can name another host.
  const url = httpUrl(
    name,
    relative === undefined ? full : `${ecsOrigin}${relative.startsWith('/') ? '' : '/'}${relative}`,
  );
  const isLocal = isLocalHost(url.hostname);
  if (url.protocol === 'https:' || isLocal) return { url, isLocal };
  const hint = 'it must be https, or an address of this machine or of the agents of ECS and EKS';
  throw invalidSetting(name, `${url.host} is not reached over http`, hint);
}

/** The `Authorization` for the endpoint: read each time, as EKS renews the file. */
async function authorizationOf(context: CloudContext, signal?: AbortSignal): Promise<string | undefined> {
  const path = envValue(context.env, 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE');
  const direct = envValue(context.env, 'AWS_CONTAINER_AUTHORIZATION_TOKEN');
  const where = path === undefined ? 'AWS_CONTAINER_AUTHORIZATION_TOKEN' : path;
  if (path === undefined && direct === undefined) return undefined;
  const token = path === undefined ? direct : (await readIfThere(context.readFile, path, signal))?.trim();
  // Not all are one word: it is the whole value of a header.
  if (token !== undefined && /^[\x20-\x7e]{1,20000}$/.test(token)) return token;
  const problem = token === undefined ? 'it does not exist' : 'it holds no token';
  throw invalidSetting(where, problem, 'check that the token is mounted into the container');
}

async function fetchCredentials(
  endpoint: ContainerEndpoint,
  authorization: string | undefined,
  context: CloudContext,
  signal?: AbortSignal,
): Promise<AwsCredentials> {
  const request = {
    method: 'GET' as const,
    url: endpoint.url,
    headers: { accept: 'application/json', ...(authorization !== undefined && { authorization }) },
    timeout,
    direct: endpoint.isLocal,
    signal,
  };
  const { answer, fault } = await askAws(context, request, jsonFault);
  if (fault === undefined) return parseCredentialsDocument(answer.body, answer.what, 'the role of this container');
  const said = printFault(fault, [authorization]);
  throw refused(answer, `${answer.what}: no credentials for this container: ${said}`, {
    retryable: isTransient(fault),
    hint: 'check that a role is associated with the service account of the pod, or with the task',
  });
}

/**
 * The role of a container: EKS Pod Identity (`AWS_CONTAINER_CREDENTIALS_FULL_URI` with
 * `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE` or `AWS_CONTAINER_AUTHORIZATION_TOKEN`), or an ECS task
 * (`AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`, which comes first).
 *
 * By the rule of the AWS SDKs a full URI is https, or names loopback, `169.254.170.2`, `169.254.170.23` or
 * `[fd00:ec2::23]`.
 *
 * Rejects with RegistryError `CREDENTIALS_INVALID` where the variables are wrong or the token cannot be read,
 * `CREDENTIALS_UNAVAILABLE` where the endpoint refuses, `RESPONSE_INVALID`, and what {@link CloudHttp} rejects with.
 */
export function containerCredentials(options: CloudOptions = {}): AwsCredentialsSource {
  const context = cloudContext(options);
  return {
    name: 'container',
    async get({ signal } = {}) {
      signal?.throwIfAborted();
      const relative = envValue(context.env, relativeName);
      const full = envValue(context.env, fullName);
      if (relative === undefined && full === undefined) {
        return { absent: `neither ${relativeName} nor ${fullName} is set` };
      }
      const endpoint = endpointOf(relative, full ?? '');
      // The task role of ECS is told apart by the path and takes no token.
      const authorization = relative === undefined ? await authorizationOf(context, signal) : undefined;
      return fetchCredentials(endpoint, authorization, context, signal);
    },
  };
}
