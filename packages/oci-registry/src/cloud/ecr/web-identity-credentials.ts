import type { RegistryError } from '../../error.ts';
import type { CloudAnswer } from '../ask-patiently.ts';
import { type CloudContext, type CloudOptions, cloudContext, type Environment } from '../cloud-options.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { readTokenFile } from '../read-text-file.ts';
import { refused } from '../refusal.ts';
import { askAws } from './ask-aws.ts';
import type { AwsCredentials, AwsCredentialsSource } from './aws-credentials.ts';
import { type AwsFault, isTransient, printFault, xmlFault } from './aws-fault.ts';
import { invalid, parseArn, parseTime } from './credentials-document.ts';
import { envValue } from './env-value.ts';
import { isRegion, partitions } from './partitions.ts';
import { serviceEndpoint } from './service-endpoint.ts';
import { descend, parseXml } from './xml.ts';

const action = 'AssumeRoleWithWebIdentity';

/** A role, and the token that shows who wants it. */
interface RoleRequest {
  readonly roleArn: string;
  readonly token: string;
  readonly url: URL;
}

/** The regional endpoint of STS, in the partition of the role. */
function stsUrl(env: Environment, roleArn: string): URL {
  const id = roleArn.split(':')[1];
  const partition = partitions.find((candidate) => candidate.id === id);
  const region = envValue(env, 'AWS_REGION') ?? envValue(env, 'AWS_DEFAULT_REGION') ?? partition?.defaultRegion ?? '';
  if (partition === undefined || !isRegion(region)) {
    const hint = 'correct the variable; on EKS it comes from the annotation of the service account';
    if (partition === undefined) throw invalidSetting('AWS_ROLE_ARN', 'it is not the ARN of a role', hint);
    throw invalidSetting('AWS_REGION', 'it is not a region', hint);
  }
  return serviceEndpoint(env, 'STS', `sts.${region}.${partition.suffix}`);
}

function refusal(answer: CloudAnswer, fault: AwsFault, { roleArn, token }: RoleRequest): RegistryError {
  const hints: Readonly<Record<string, string>> = {
    AccessDenied: 'check the trust policy of the role: the identity provider, the namespace and the service account',
    ExpiredTokenException: 'check that the token file is renewed, and the clock of this machine',
    InvalidIdentityToken: 'check that the identity provider of the cluster is known to the account, and its audience',
  };
  const role = parseArn(roleArn) ?? 'the role';
  const message = `${answer.what} ${action}: STS does not give the credentials of ${role}: ${printFault(fault, [token])}`;
  return refused(answer, message, { retryable: isTransient(fault), hint: hints[fault.code] });
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

async function assumeRole(role: RoleRequest, context: CloudContext, signal?: AbortSignal): Promise<AwsCredentials> {
  const { roleArn, token, url } = role;
  const form = new URLSearchParams({
    Action: action,
    Version: '2011-06-15',
    RoleArn: roleArn,
    RoleSessionName: envValue(context.env, 'AWS_ROLE_SESSION_NAME') ?? 'oci-registry',
    WebIdentityToken: token,
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const request = { method: 'POST' as const, url, headers, body: form.toString(), signal };
  const { answer, fault } = await askAws(context, request, xmlFault);
  if (fault !== undefined) throw refusal(answer, fault, role);
  return parseAnswer(answer.body, `${answer.what} ${action}`, roleArn);
}

/**
 * The role of a Kubernetes service account (IRSA): the token in `AWS_WEB_IDENTITY_TOKEN_FILE` is exchanged for
 * credentials of `AWS_ROLE_ARN` at STS, by `AssumeRoleWithWebIdentity`. The endpoint is that of `AWS_REGION` or
 * `AWS_DEFAULT_REGION`, else of the first region of the role's partition.
 *
 * Rejects with RegistryError `CREDENTIALS_INVALID` where the variables are wrong or the token cannot be read,
 * `CREDENTIALS_UNAVAILABLE` where STS refuses, `RESPONSE_INVALID`, and what {@link CloudHttp} rejects with.
 */
export function webIdentityCredentials(options: CloudOptions = {}): AwsCredentialsSource {
  const context = cloudContext(options);
  return {
    name: 'web identity',
    async get({ signal } = {}) {
      signal?.throwIfAborted();
      const roleArn = envValue(context.env, 'AWS_ROLE_ARN');
      const path = envValue(context.env, 'AWS_WEB_IDENTITY_TOKEN_FILE');
      if (path === undefined) return { absent: 'AWS_WEB_IDENTITY_TOKEN_FILE is not set' };
      if (roleArn === undefined) return { absent: 'AWS_ROLE_ARN is not set' };
      const url = stsUrl(context.env, roleArn);
      const hint = 'check that AWS_WEB_IDENTITY_TOKEN_FILE names the token that is mounted into the pod';
      const token = await readTokenFile(context.readFile, path, signal, hint);
      return assumeRole({ roleArn, token, url }, context, signal);
    },
  };
}
