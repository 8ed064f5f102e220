#!/usr/bin/env node
// Is this webhook from Chartroom? Standard Webhooks signatures, with nothing but Node.js (18 or later).
//
// In a handler:   verify(secret, request.headers, rawBody)         // throws NotGenuine
// As a command:   node verify.mjs --id … --timestamp … --signature … --secret … < body
//                 Each flag can be an environment variable instead: WEBHOOK_ID, WEBHOOK_TIMESTAMP,
//                 WEBHOOK_SIGNATURE, WEBHOOK_SECRET. Exit code 0: genuine, 1: not, 2: wrong use.
import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const windowSeconds = 300; // a delivery may be this much older or newer than our clock says

/** Do not act on this delivery; the message says why. */
export class NotGenuine extends Error {}

/** The bytes in "whsec_<base64>"; throws a TypeError where the secret is not of that form. */
export function signingKey(secret) {
  const [, encoded] = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/.exec(secret) ?? [];
  if (!encoded) throw new TypeError("the secret must be whsec_ and base64");
  return Buffer.from(encoded, "base64");
}

/**
 * Throws NotGenuine unless the body came from the holder of the secret within the last five minutes.
 * `headers` is Node's request.headers or a Headers object, `body` the bytes as received (Buffer,
 * Uint8Array or string): never parsed and written again.
 */
export function verify(secret, headers, body, now = Date.now() / 1000) {
  const key = signingKey(secret);
  const given = (name) => (typeof headers.get === "function" ? headers.get(name) : headers[name]) ?? "";
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(given);
  if (!id || !timestamp || !signatures) throw new NotGenuine("a webhook header is missing");
  if (!/^[0-9]{1,12}$/.test(timestamp)) throw new NotGenuine("webhook-timestamp is not a number of seconds");
  if (Math.abs(now - Number(timestamp)) > windowSeconds) {
    throw new NotGenuine("the delivery is not from the last five minutes");
  }
  const digest = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
  const expected = Buffer.from(`v1,${digest}`);
  // While a secret is being replaced there are two signatures. Compare all, each in constant time.
  const matches = signatures.split(" ").map((one) => Buffer.from(one))
    .filter((one) => one.length === expected.length && timingSafeEqual(one, expected));
  if (matches.length === 0) throw new NotGenuine("no signature matches");
}

function main() {
  const names = ["id", "timestamp", "signature", "secret"];
  const { values } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: "string" }])) });
  const [id, timestamp, signature, secret] =
    names.map((name) => values[name] ?? process.env[`WEBHOOK_${name.toUpperCase()}`] ?? "");
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
  verify(secret, headers, readFileSync(0));
  console.log("genuine");
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    main();
  } catch (error) {
    const forged = error instanceof NotGenuine;
    console.error(`${forged ? "not genuine" : "verify.mjs"}: ${error.message}`);
    process.exitCode = forged ? 1 : 2;
  }
}
