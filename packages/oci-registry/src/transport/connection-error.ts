import { RegistryError } from '../error.ts';
import type { RegistryErrorCode } from '../error-codes.ts';
import { isRetryableStatus } from './retry.ts';

interface Explanation {
  readonly code: RegistryErrorCode;
  readonly text: string;
  readonly retryable: boolean;
  readonly hint?: string;
}

const network = (text: string, hint?: string): Explanation => ({
  code: 'NETWORK',
  text,
  retryable: true,
  ...(hint !== undefined && { hint }),
});
const timeout = (text: string): Explanation => ({ code: 'TIMEOUT', text, retryable: true });
const tls = (text: string, hint: string): Explanation => ({ code: 'TLS', text, retryable: false, hint });

const untrusted = tls(
  'the certificate is not signed by a trusted authority',
  'give the certificate of the authority that signed it as tls.ca',
);
const unresolved = network('the host name does not resolve', 'check the spelling of the registry host and the DNS');
const broken = network('the connection broke');
const notTls = tls('the TLS handshake failed', 'if this registry has plain http only, name it under insecureHttp');

/** By the `code` that Node, OpenSSL or undici put on their errors. */
const explanations: Readonly<Record<string, Explanation>> = {
  ENOTFOUND: unresolved,
  EAI_AGAIN: unresolved,
  ECONNREFUSED: network('nothing listens on that port', 'check that the registry runs and the port is right'),
  ECONNRESET: broken,
  EPIPE: broken,
  UND_ERR_SOCKET: broken,
  UND_ERR_ABORTED: broken,
  EHOSTUNREACH: network('there is no route to the host'),
  ENETUNREACH: network('there is no route to the network'),
  ETIMEDOUT: timeout('no connection in time'),
  UND_ERR_CONNECT_TIMEOUT: timeout('no connection in time'),
  UND_ERR_HEADERS_TIMEOUT: timeout('no answer in time'),
  UND_ERR_BODY_TIMEOUT: timeout('no more data in time'),
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_HAS_EXPIRED: tls('the certificate has expired', 'renew the certificate, or check the clock of this machine'),
  CERT_NOT_YET_VALID: tls('the certificate is not valid yet', 'check the clock of this machine'),
  ERR_TLS_CERT_ALTNAME_INVALID: tls(
    'the certificate is for another host',
    'use a host name that the certificate names',
  ),
  ERR_SSL_WRONG_VERSION_NUMBER: notTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: notTls,
  EPROTO: notTls,
  UND_ERR_DESTROYED: { code: 'CLOSED', text: 'the client was closed', retryable: false },
  UND_ERR_CLOSED: { code: 'CLOSED', text: 'the client was closed', retryable: false },
  UND_ERR_PRX_CONN: network('the connection to the proxy broke'),
  UND_ERR_PRX_TLS: tls(
    'the certificate of the proxy is for another host',
    'use a host name that the certificate names',
  ),
  UND_ERR_HEADERS_OVERFLOW: { code: 'RESPONSE_INVALID', text: 'the response headers are too large', retryable: false },
};

function explain(code: string): Explanation {
  const known = explanations[code];
  if (known !== undefined) return known;
  if (/_ALERT_(?:HANDSHAKE_FAILURE|BAD_CERTIFICATE|CERTIFICATE_REQUIRED|UNKNOWN_CA)$/.test(code)) {
    return tls(
      'the server refuses the handshake',
      'it may want a client certificate: give one as tls.cert and tls.key',
    );
  }
  if (code.startsWith('ERR_OSSL_')) {
    return tls(`a certificate or key cannot be read (${code})`, 'give tls.ca, tls.cert and tls.key in PEM form');
  }
  if (/^(?:ERR_SSL_|ERR_TLS_|CERT_)/.test(code)) {
    return tls(`TLS failed (${code})`, 'check the certificate and the TLS settings of the registry');
  }
  if (code.startsWith('HPE_')) {
    return {
      code: 'RESPONSE_INVALID',
      text: `the answer is not HTTP (${code})`,
      retryable: false,
      hint: 'the port may serve TLS or another protocol',
    };
  }
  return network(code === '' ? 'the request failed' : `the request failed (${code})`);
}

/** The code of an error, or of the first one inside an AggregateError (several addresses were tried). */
function codeOf(error: unknown): string {
  const { code, errors } = error as { code?: unknown; errors?: unknown };
  if (typeof code === 'string') return code;
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : '';
}

/**
 * Turns an error of the socket, TLS or HTTP layer into a RegistryError with a code a caller can act on. Our own errors
 * pass through; an abort must be handled by the caller before.
 *
 * @param what method and redacted URL of the request
 */
export function connectionError(error: unknown, what: string): RegistryError {
  if (error instanceof RegistryError) return error;
  const { code, text, retryable, hint } = explain(codeOf(error));
  return new RegistryError(code, `${what}: ${text}`, { retryable, hint, cause: error });
}

/** Status with which a proxy refused, by the words of undici: for CONNECT, and for requests that it forwards. */
function refusalOf(error: unknown): number | undefined {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const [, tunnel, forward] =
    /^Proxy response \((\d{3})\)|^Proxy Authentication Required \((407)\)/.exec(String(message)) ?? [];
  const isOfUndici = code === 'UND_ERR_ABORTED' || code === 'UND_ERR_INVALID_ARG';
  return isOfUndici && (tunnel ?? forward) !== undefined ? Number(tunnel ?? forward) : undefined;
}

/**
 * As {@link connectionError}, for a request that went through a proxy: whether the proxy refused, or something broke
 * between here and the registry.
 *
 * @param proxy host and port of the proxy
 */
export function proxyError(error: unknown, what: string, proxy: string): RegistryError {
  if (error instanceof RegistryError) return error;
  const status = refusalOf(error);
  if (status === undefined) {
    const { code, text, retryable, hint } = explain(codeOf(error));
    // Names are resolved and ports reached by the proxy, so what fails here is the way to the proxy.
    const isWay = code === 'NETWORK' || code === 'TIMEOUT';
    return new RegistryError(code, `${what} through proxy ${proxy}: ${text}`, {
      retryable,
      hint: isWay ? 'check the address of the proxy, and that it can be reached from here' : hint,
      cause: error,
    });
  }
  const needsUser = status === 407;
  return new RegistryError('PROXY', `${what}: proxy ${proxy} refuses with HTTP ${status}`, {
    status,
    retryable: isRetryableStatus(status),
    hint: needsUser
      ? 'give the user name and password of the proxy in its URL'
      : 'check that the proxy may reach this host, or name the host under NO_PROXY',
    cause: error,
  });
}
