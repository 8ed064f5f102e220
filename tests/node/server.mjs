// A server for tests that run in Node.js, and waiting for something to become true.
import { spawn, execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A port that was free a moment ago. */
async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((ready) => probe.once("listening", ready));
  const { port } = probe.address();
  await new Promise((closed) => probe.close(closed));
  return port;
}

/** Asks again until `look` gives something, for at most `seconds`. */
export async function eventually(what, look, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The server of CHARTROOM_URL, or one of our own from CHARTROOM_BINARY; only that one has `addWebhook`
 * and `importOrderType`. */
export async function openServer() {
  if (process.env.CHARTROOM_URL) {
    const { CHARTROOM_URL, CHARTROOM_CLIENT_ID, CHARTROOM_CLIENT_SECRET } = process.env;
    const url = CHARTROOM_URL.replace(/\/$/, "");
    return { url, clientId: CHARTROOM_CLIENT_ID, clientSecret: CHARTROOM_CLIENT_SECRET, close: () => {} };
  }
  const binary = process.env.CHARTROOM_BINARY;
  if (!binary) throw new Error("set CHARTROOM_BINARY, or CHARTROOM_URL with CHARTROOM_CLIENT_ID and _SECRET");
  const folder = mkdtempSync(join(tmpdir(), "chartroom-node-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  // The server refuses settings that it does not know, and ours are not its own.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("CHARTROOM_")));
  const listen = ["--listen", `127.0.0.1:${port}`];
  const server = spawn(binary, ["serve", "--data", folder, "--sandbox", ...listen], { env, stdio: "ignore" });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const close = async () => {
    server.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await eventually("the server is ready", async () => {
      if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`);
      return fetch(`${url}/readyz`).then((answer) => answer.ok, () => false);
    });
    const create = ["app", "create", "--data", folder, "--name", "Harbor Life Insurance", "--sandbox"];
    const made = JSON.parse(execFileSync(binary, create, { env, stdio: ["ignore", "pipe", "inherit"] }).toString());
    const addWebhook = (target) => JSON.parse(execFileSync(binary, ["webhook", "add", "--data", folder, "--app",
      made.client_id, "--url", target], { env, stdio: ["ignore", "pipe", "inherit"] }).toString());
    const importOrderType = (file) => execFileSync(binary, ["order-type", "import", "--data", folder, "--app",
      made.client_id, "--file", file], { env, stdio: ["ignore", "pipe", "inherit"] }).toString();
    return { url, clientId: made.client_id, clientSecret: made.client_secret, addWebhook, importOrderType, close };
  } catch (error) {
    await close();
    throw error;
  }
}
