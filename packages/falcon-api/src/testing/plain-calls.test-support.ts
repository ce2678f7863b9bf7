import { request } from 'undici';
import { onTestFinished } from 'vitest';
import { createFalconCloud, type FalconCloudDouble } from './create-falcon-cloud.ts';
import type { FalconCloudDoubleOptions } from './falcon-cloud-options.ts';

/** A double that is closed with the test. */
export async function startCloud(options: FalconCloudDoubleOptions = {}): Promise<FalconCloudDouble> {
  const cloud = await createFalconCloud(options);
  onTestFinished(() => cloud.close());
  return cloud;
}

/** Path of the inventory endpoint. */
export const inventoryPath = '/image-assessment/entities/image-inventory/v1';

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

export async function send(
  url: string,
  options: { method?: 'GET' | 'HEAD' | 'POST'; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Answer> {
  const { statusCode, headers, body } = await request(url, { method: 'GET', ...options });
  return { status: statusCode, headers, text: await body.text() };
}

export async function sendForm(url: string, form: string, headers: Record<string, string> = {}): Promise<Answer> {
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return send(url, { method: 'POST', headers: { ...type, ...headers }, body: form });
}

/** The form fields of the right credentials. */
export function pair({ clientId, clientSecret }: FalconCloudDouble): string {
  return `client_id=${clientId}&client_secret=${clientSecret}`;
}

/** The header with a fresh token. */
export async function bearer(cloud: FalconCloudDouble): Promise<{ authorization: string }> {
  const { text } = await sendForm(`${cloud.apiUrl}/oauth2/token`, pair(cloud));
  return { authorization: `Bearer ${JSON.parse(text).access_token}` };
}

export async function post(url: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return send(url + inventoryPath, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: text,
  });
}
