import { RegistryError } from '../../error.ts';
import { retryPolicy } from '../../transport/retry.ts';
import type { CloudAnswer } from '../ask-patiently.ts';
import type { CloudRequest } from '../cloud-http.ts';
import { type CloudContext, type CloudOptions, cloudContext, type Environment } from '../cloud-options.ts';
import type { IdentityAbsence } from '../identity-source.ts';
import { jsonOf } from '../json-of.ts';
import { refused } from '../refusal.ts';
import { type AwsAnswer, askAws } from './ask-aws.ts';
import type { AwsCredentials, AwsCredentialsSource } from './aws-credentials.ts';
import { isTransient, jsonFault, printFault } from './aws-fault.ts';
import { parseCredentialsDocument } from './credentials-document.ts';
import { envValue } from './env-value.ts';
import { httpUrl } from './service-endpoint.ts';

/** The metadata service as found: with a session (version 2), without one (version 1). */
interface Service {
  readonly base: URL;
  readonly session: string | undefined;
  /** It has not answered so far. */
  readonly isSilent: boolean;
}

const rolesPath = 'latest/meta-data/iam/security-credentials/';
const isTrue = (env: Environment, name: string): boolean => envValue(env, name)?.toLowerCase() === 'true';

function positive(env: Environment, name: string, fallback: number): number {
  const value = Number(envValue(env, name));
  return value > 0 && value <= 60 ? value : fallback;
}

/** Short, and once more at most: where there is no such service nobody shall wait for it. */
function impatient(context: CloudContext): CloudContext & { readonly timeout: number } {
  const { env, retry } = context;
  const tries = Math.ceil(positive(env, 'AWS_METADATA_SERVICE_NUM_ATTEMPTS', 2));
  const timeout = 1000 * positive(env, 'AWS_METADATA_SERVICE_TIMEOUT', 1);
  return { ...context, timeout, retry: { ...retryPolicy({ ...retry, baseDelay: 100 }), tries } };
}
type Impatient = ReturnType<typeof impatient>;

const once = (context: Impatient): Impatient => ({ ...context, retry: { ...context.retry, tries: 1 } });

function baseUrl(env: Environment): URL {
  const name = 'AWS_EC2_METADATA_SERVICE_ENDPOINT';
  const own = envValue(env, name);
  const isV6 = envValue(env, 'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE')?.toLowerCase() === 'ipv6';
  const url =
    own === undefined ? new URL(`http://${isV6 ? '[fd00:ec2::254]' : '169.254.169.254'}/`) : httpUrl(name, own);
  return new URL(url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`, url.origin);
}

function ask(
  method: CloudRequest['method'],
  url: URL,
  headers: Record<string, string>,
  context: Impatient,
  signal?: AbortSignal,
): Promise<AwsAnswer> {
  return askAws(context, { method, url, headers, timeout: context.timeout, direct: true, signal }, jsonFault);
}

/** Whether nothing answers: no such service here, or the packets of version 2 do not reach into this container. */
const isSilence = (error: unknown): error is RegistryError =>
  error instanceof RegistryError && (error.code === 'TIMEOUT' || error.code === 'NETWORK');

/**
 * Opens a session. Without an answer or with a refusal the service may still speak version 1: kiam and kube2iam know
 * nothing else, and version 2 does not reach containers behind one more hop.
 */
async function openSession(base: URL, context: Impatient, signal?: AbortSignal): Promise<Service> {
  const url = new URL('latest/api/token', base);
  try {
    const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' };
    const { answer, fault } = await ask('PUT', url, headers, once(context), signal);
    const token = answer.body.trim();
    const isToken = fault === undefined && /^[\x21-\x7e]{1,2048}$/.test(token);
    return { base, session: isToken ? token : undefined, isSilent: false };
  } catch (error) {
    signal?.throwIfAborted();
    if (!isSilence(error)) throw error;
    return { base, session: undefined, isSilent: true };
  }
}

async function read(service: Service, path: string, context: Impatient, signal?: AbortSignal): Promise<AwsAnswer> {
  const { base, session } = service;
  const headers: Record<string, string> = session === undefined ? {} : { 'x-aws-ec2-metadata-token': session };
  return ask('GET', new URL(path, base), headers, context, signal);
}

function failed(answer: CloudAnswer, said: string, retryable = false): RegistryError {
  return refused(answer, `${answer.what}: no credentials for this machine: ${said}`, {
    retryable,
    hint: 'check the instance profile of this machine and the trust policy of its role',
  });
}

/** The role of this machine, or why there is none. */
async function findRole(
  service: Service,
  context: Impatient,
  signal?: AbortSignal,
): Promise<{ role: string } | IdentityAbsence> {
  const url = new URL(rolesPath, service.base);
  try {
    const { answer, fault } = await read(service, rolesPath, service.isSilent ? once(context) : context, signal);
    if (fault?.status === 404) return { absent: `${url.host} says that this machine has no role` };
    // Only what gave a session is sure to be the metadata service of AWS: other clouds have theirs at the same address.
    if (fault !== undefined && service.session === undefined && !isTransient(fault)) {
      return { absent: `${url.host} answers ${printFault(fault, [])}` };
    }
    if (fault !== undefined) throw failed(answer, printFault(fault, [service.session]), isTransient(fault));
    const role = answer.body.split('\n', 1)[0]?.trim() ?? '';
    // It becomes part of a path.
    const isName = /^[\w+=,.@/-]{1,256}$/.test(role) && role.split('/').every((part) => !/^\.{0,2}$/.test(part));
    return isName ? { role } : { absent: `${url.host} names no role` };
  } catch (error) {
    signal?.throwIfAborted();
    if (service.session !== undefined || !isSilence(error)) throw error;
    return { absent: `${url.host} does not answer` };
  }
}

async function credentialsOf(
  role: string,
  service: Service,
  context: Impatient,
  signal?: AbortSignal,
): Promise<AwsCredentials> {
  const path = `${rolesPath}${role}`;
  const { answer, fault } = await read(service, path, context, signal);
  if (fault !== undefined) throw failed(answer, printFault(fault, [service.session]), isTransient(fault));
  // A refusal comes with status 200, too.
  const { Code } = (jsonOf(answer.body) ?? {}) as { Code?: unknown };
  if (Code !== undefined && Code !== 'Success')
    throw failed(answer, jsonFault(answer).code || 'it says that it failed');
  return parseCredentialsDocument(answer.body, answer.what, `the role ${role} of this machine`);
}

/**
 * The role of an EC2 instance, from its metadata service: version 2 (with a session), then version 1, which kiam and
 * kube2iam serve. Never through a proxy.
 *
 * It gives up soon, one second for each of two attempts, so that a machine outside AWS does not hang;
 * `AWS_METADATA_SERVICE_TIMEOUT` (seconds) and `AWS_METADATA_SERVICE_NUM_ATTEMPTS` change that.
 * `AWS_EC2_METADATA_DISABLED`, `AWS_EC2_METADATA_V1_DISABLED`, `AWS_EC2_METADATA_SERVICE_ENDPOINT` and
 * `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE` are heeded.
 *
 * Rejects with RegistryError `CREDENTIALS_UNAVAILABLE` where the service is there and refuses, `RESPONSE_INVALID`, and
 * what {@link CloudHttp} rejects with.
 */
export function instanceCredentials(options: CloudOptions = {}): AwsCredentialsSource {
  const usual = cloudContext(options);
  const { env } = usual;
  return {
    name: 'instance metadata',
    async get({ signal } = {}) {
      signal?.throwIfAborted();
      if (isTrue(env, 'AWS_EC2_METADATA_DISABLED')) return { absent: 'AWS_EC2_METADATA_DISABLED is set' };
      const context = impatient(usual);
      const base = baseUrl(env);
      const service = await openSession(base, context, signal);
      if (service.session === undefined && isTrue(env, 'AWS_EC2_METADATA_V1_DISABLED')) {
        return { absent: `${base.host} gives no session, and AWS_EC2_METADATA_V1_DISABLED is set` };
      }
      const found = await findRole(service, context, signal);
      return 'absent' in found ? found : credentialsOf(found.role, service, context, signal);
    },
  };
}
