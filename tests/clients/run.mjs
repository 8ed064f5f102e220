// What an integrator takes away: the TypeScript client and the Postman collection, generated anew and compared, then run
// against a server.
//
//   (cd clients/typescript && npm ci); (cd clients/postman && npm ci)
//   CHARTROOM_BINARY=build/release/chartroom node tests/clients/run.mjs
//
// The last line is "N passed, N failed, N skipped". With CI=true a server without an operation of the document fails.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { collection } from "../../clients/postman/generate.mjs";
import { openServer } from "../node/server.mjs";
import { Inbox } from "./inbox.mjs";

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const typescript = at("clients/typescript");
const postman = createRequire(at("clients/postman/package.json"));
const newman = postman("newman");
const documentText = readFileSync(at("api/openapi.yaml"), "utf8");
const { paths } = postman("yaml").parse(documentText, { merge: true, maxAliasCount: -1 });
const scratch = mkdtempSync(join(tmpdir(), "chartroom-clients-"));
const counts = { passed: 0, failed: 0, skipped: 0 };

async function test(name, run) {
  try {
    await run();
    ++counts.passed;
    console.log(`ok    ${name}`);
  } catch (error) {
    ++counts.failed;
    console.log(`FAIL  ${name}\n      ${String(error.stack ?? error).replaceAll("\n", "\n      ")}`);
  }
}

function skip(name, why) {
  if (process.env.CI === "true") return test(name, () => assert.fail(why));
  ++counts.skipped;
  console.log(`skip  ${name}: ${why}`);
}

/** Runs a program of the TypeScript package; what it says when it fails. */
async function tool(name, ...parameters) {
  const program = join(typescript, "node_modules/.bin", name);
  await promisify(execFile)(program, parameters, { cwd: typescript }).catch((error) => {
    throw new Error(`${name}: ${error.stdout}${error.stderr}`);
  });
}

function sameText(what, found, wanted) {
  if (found !== wanted) throw new Error(`${what} is not what api/openapi.yaml gives: run "npm run generate" in its folder`);
}

/** The operations of the document that this server has: one that it knows answers OPTIONS with what it allows. */
async function operationsOf(server) {
  const known = new Set();
  for (const [path, item] of Object.entries(paths)) {
    const answer = await fetch(server.url + path.replaceAll(/[{}]/g, ""), { method: "OPTIONS" });
    const allowed = (answer.headers.get("allow") ?? "").toLowerCase().split(", ");
    for (const method of allowed) if (item[method]) known.add(item[method].operationId);
  }
  return known;
}

function documentedOperations() {
  return Object.values(paths).flatMap((item) => Object.values(item).map((one) => one.operationId).filter(Boolean));
}

async function runCollection(server, known) {
  const inbox = await Inbox.open();
  const values = { baseUrl: server.url, clientId: server.clientId, clientSecret: server.clientSecret, webhookUrl: inbox.url };
  try {
    const { run } = await promisify(newman.run)({
      collection: collection(documentText, (operation) => known.has(operation.operationId)),
      envVar: Object.entries(values).map(([key, value]) => ({ key, value })),
      timeoutRequest: 60_000,
    });
    const failures = run.failures.map((one) => `${one.source?.name}: ${one.error.name} ${one.error.test ?? ""} ${one.error.message}`);
    assert.deepEqual(failures, []);
    assert.ok(run.stats.requests.total >= known.size, "requests were made");
    assert.ok(run.stats.assertions.total > 2 * run.stats.requests.total, "tests were run");
    console.log(`      ${run.stats.requests.total} requests, ${run.stats.assertions.total} assertions`);
  } finally {
    inbox.close();
  }
}

await test("schema.ts is that of the document", async () => {
  const made = join(scratch, "schema.ts");
  const { scripts } = JSON.parse(readFileSync(join(typescript, "package.json"), "utf8"));
  await tool(...scripts.generate.replace("src/schema.ts", made).split(" "));
  sameText("clients/typescript/src/schema.ts", readFileSync(join(typescript, "src/schema.ts"), "utf8"), readFileSync(made, "utf8"));
});
await test("the Postman collection is that of the document", () => {
  const kept = readFileSync(at("clients/postman/chartroom.postman_collection.json"), "utf8");
  sameText("the Postman collection", kept, JSON.stringify(collection(documentText), null, 2) + "\n");
});
await test("the client compiles", () => tool("tsc"));
await test("the client's types fit its use", () => tool("tsc", "--project", at("tests/clients/tsconfig.json")));

const server = await openServer();
try {
  const known = await operationsOf(server);
  const missing = documentedOperations().filter((name) => !known.has(name));
  const { extensions, tests } = await import("./client.mjs");
  for (const [name, run] of Object.entries(tests)) await test(name, () => run(server));
  for (const [name, { needs, run }] of Object.entries(extensions)) {
    if (known.has(needs)) await test(name, () => run(server));
    else await skip(name, `the server has no ${needs}`);
  }
  await test("the Postman collection runs without a failure", () => runCollection(server, known));
  if (missing.length > 0) await skip("the rest of the Postman collection", `the server has no ${missing.join(", ")}`);
} finally {
  await server.close();
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;
