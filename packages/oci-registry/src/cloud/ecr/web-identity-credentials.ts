import { RegistryError } from '../../error.ts';
import { printUrl } from '../../transport/redact.ts';
import { askAws } from './ask-aws.ts';
import type { AwsCredentials, AwsCredentialsProvider } from './aws-credentials.ts';
import { type AwsFault, isTransient, printFault, xmlFault } from './aws-fault.ts';
import { type AwsContext, type AwsEnvironment, type AwsOptions, awsContext, envValue } from './aws-options.ts';
import { invalid, parseArn, parseTime } from './credentials-document.ts';
import { isRegion, partitions } from './partitions.ts';
import { serviceEndpoint } from './service-endpoint.ts';
import { descend, parseXml } from './xml.ts';

/** A role, and the token that shows who wants it. */
interface RoleRequest {
  readonly roleArn: string;
  readonly token: string;
  readonly url: URL;
}

/** The regional endpoint of STS, in the partition of the role. */
function stsUrl(env: AwsEnvironment, roleArn: string): URL {
  const id = roleArn.split(':')[1];
  const partition = partitions.find((candidate) => candidate.id === id);
  const region = envValue(env, 'AWS_REGION') ?? envValue(env, 'AWS_DEFAULT_REGION') ?? partition?.defaultRegion ?? '';
  if (partition === undefined || !isRegion(region)) {
    const what =
      partition === undefined ? 'AWS_ROLE_ARN: it is not the ARN of a role' : 'AWS_REGION: it is not a region';
    throw new RegistryError('CREDENTIALS_UNAVAILABLE', `find AWS credentials, ${what}`);
  }
  return serviceEndpoint(env, 'STS', `sts.${region}.${partition.suffix}`);
}

async function readToken(path: string, context: AwsContext, signal: AbortSignal | undefined): Promise<string> {
  const token = (await context.readFile(path, { signal })).trim();
  if (/^[\x21-\x7e]{4,20000}$/.test(token)) return token;
  throw new RegistryError('CREDENTIALS_UNAVAILABLE', `read token file, ${path}: it holds no token`, {
    hint: 'check that AWS_WEB_IDENTITY_TOKEN_FILE names the token that is mounted into the pod',
  });
}

function refusal(what: string, fault: AwsFault, { roleArn, token }: RoleRequest): RegistryError {
  const hints: Readonly<Record<string, string>> = {
    AccessDenied: 'check the trust policy of the role: the identity provider, the namespace and the service account',
    ExpiredTokenException: 'check that the token file is renewed, and the clock of this machine',
    InvalidIdentityToken: 'check that the identity provider of the cluster is known to the account, and its audience',
  };
  const role = parseArn(roleArn) ?? 'the role';
  return new RegistryError(
    'CREDENTIALS_UNAVAILABLE',
    `${what}: STS does not give the credentials of ${role}: ${printFault(fault, [token])}`,
    { status: fault.status, retryable: isTransient(fault), hint: hints[fault.code] },
  );
}

function parseAnswer(body: string, what: string, roleArn: string): AwsCredentials {
  const root = parseXml(body);
  const result = root?.name === 'AssumeRoleWithWebIdentityResponse' ? root : undefined;
  const credentials = descend(result, 'AssumeRoleWithWebIdentityResult', 'Credentials');
  if (credentials === undefined) throw invalid(what, 'it is not an AssumeRoleWithWebIdentityResponse');
  const field = (name: string): string => {
    const text = descend(credentials, name)?.text.trim() ?? '';
    if (!/^[\x21-\x7e]+$/.test(text)) throw invalid(what, `Credentials.${name} is missing or malformed`);
    return text;
  };
  const expiresAt = parseTime(field('Expiration'));
  if (expiresAt === undefined) throw invalid(what, 'Credentials.Expiration is not a time');
  const assumed = descend(result, 'AssumeRoleWithWebIdentityResult', 'AssumedRoleUser', 'Arn')?.text.trim();
  return {
    accessKeyId: field('AccessKeyId'),
    secretAccessKey: field('SecretAccessKey'),
    sessionToken: field('SessionToken'),
    expiresAt,
    identity: parseArn(assumed) ?? parseArn(roleArn),
  };
}

async function assumeRole(role: RoleRequest, context: AwsContext, signal?: AbortSignal): Promise<AwsCredentials> {
  const { roleArn, token, url } = role;
  const what = `POST ${printUrl(url)} AssumeRoleWithWebIdentity`;
  const form = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: roleArn,
    RoleSessionName: envValue(context.env, 'AWS_ROLE_SESSION_NAME') ?? 'oci-registry',
    WebIdentityToken: token,
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const request = { method: 'POST' as const, url, headers, body: form.toString() };
  const { response, fault } = await askAws({ request: () => request, faultOf: xmlFault, signal }, context);
  if (fault !== undefined) throw refusal(what, fault, role);
  return parseAnswer(response.body, what, roleArn);
}

/**
 * The role of a Kubernetes service account (IRSA): the token in `AWS_WEB_IDENTITY_TOKEN_FILE` is exchanged for
 * credentials of `AWS_ROLE_ARN` at STS, by `AssumeRoleWithWebIdentity`. The endpoint is that of `AWS_REGION` or
 * `AWS_DEFAULT_REGION`, else of the first region of the role's partition.
 *
 * Rejects with RegistryError `CREDENTIALS_UNAVAILABLE` where the token cannot be read or STS refuses,
 * `RESPONSE_INVALID`, and what {@link CloudHttp} rejects with.
 */
export function webIdentityCredentials(options: AwsOptions = {}): AwsCredentialsProvider {
  const context = awsContext(options);
  return {
    name: 'web identity',
    async provide({ signal } = {}) {
      signal?.throwIfAborted();
      const roleArn = envValue(context.env, 'AWS_ROLE_ARN');
      const path = envValue(context.env, 'AWS_WEB_IDENTITY_TOKEN_FILE');
      if (path === undefined) return { absent: 'AWS_WEB_IDENTITY_TOKEN_FILE is not set' };
      if (roleArn === undefined) return { absent: 'AWS_ROLE_ARN is not set' };
      const url = stsUrl(context.env, roleArn);
      return assumeRole({ roleArn, token: await readToken(path, context, signal), url }, context, signal);
    },
  };
}
