// Verifies webhooks (Standard Webhooks) and gives their notifications with types.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { components } from "./schema.js";

type Schemas = components["schemas"];

/** One notification. A webhook's body is an array of them. */
export type Notification = Schemas["Notification"];

/** Do not act on this webhook; the message says why. */
export class NotGenuine extends Error {}

/** What Node.js, Express and Fetch call headers. */
export type WebhookHeaders = Headers | Record<string, string | string[] | undefined>;

const windowSeconds = 300;

function signingKey(secret: string): Buffer {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  if (encoded === undefined || encoded.length % 4 !== 0) throw new TypeError("the secret must be whsec_ and base64");
  return Buffer.from(encoded, "base64");
}

function headerOf(headers: WebhookHeaders, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  if (typeof value !== "string" || value === "") throw new NotGenuine(`${name} is missing`);
  return value;
}

/**
 * The notifications of a webhook, once it is certain that it came from the holder of `secret` within the last five
 * minutes; throws NotGenuine otherwise. `body` are the bytes as received, not parsed and written again.
 * `now` is in milliseconds.
 */
export function readWebhook(
  secret: string, headers: WebhookHeaders, body: Uint8Array | string, now: number = Date.now(),
): Notification[] {
  const key = signingKey(secret);
  const id = headerOf(headers, "webhook-id");
  const timestamp = headerOf(headers, "webhook-timestamp");
  const signatures = headerOf(headers, "webhook-signature");
  if (!/^[0-9]{1,12}$/.test(timestamp)) throw new NotGenuine("webhook-timestamp is not a number of seconds");
  if (Math.abs(now / 1000 - Number(timestamp)) > windowSeconds) {
    throw new NotGenuine("the webhook is not from the last five minutes");
  }
  const digest = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
  const expected = Buffer.from(`v1,${digest}`);
  const matches = signatures.split(" ").map((one) => Buffer.from(one))
    .filter((one) => one.length === expected.length && timingSafeEqual(one, expected));
  if (matches.length === 0) throw new NotGenuine("no signature matches");
  return JSON.parse(typeof body === "string" ? body : Buffer.from(body).toString("utf8")) as Notification[];
}
