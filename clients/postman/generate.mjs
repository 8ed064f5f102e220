// Makes the Postman collection from the OpenAPI document and requests.mjs.
//
//   node generate.mjs [DOCUMENT [COLLECTION]]      defaults: ../../api/openapi.yaml, chartroom.postman_collection.json
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { pathVariables, requests, variables } from "./requests.mjs";

const methods = ["get", "post", "put", "patch", "delete"];
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

class Document {
  constructor(text) {
    this.root = parse(text, { merge: true, maxAliasCount: -1 });
    this.operations = new Map();
    for (const [path, item] of Object.entries(this.root.paths)) {
      for (const method of methods.filter((name) => item[name])) {
        const operation = item[method];
        const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((one) => this.resolved(one));
        this.operations.set(operation.operationId, { ...operation, path, method: method.toUpperCase(), parameters });
      }
    }
  }

  resolved(node) {
    let found = node;
    while (found?.$ref) found = found.$ref.slice(2).split("/").reduce((inner, key) => inner[key], this.root);
    return found;
  }

  /** The members that an object of this schema always has. */
  required(schema) {
    const { required = [], allOf = [] } = this.resolved(schema);
    return [...required, ...allOf.flatMap((part) => this.required(part))];
  }
}

const lines = (...text) => text.flat().join("\n").split("\n");
const script = (listen, exec) => ({ listen, script: { type: "text/javascript", exec } });
const quoted = (text) => JSON.stringify(text);

function exampleOf(content) {
  const { example, examples } = content;
  return example ?? Object.values(examples ?? {}).map((one) => one.value).at(-1);
}

/** The answer that is expected: the first good one. */
function success(document, operation) {
  const status = Object.keys(operation.responses).filter((code) => code.startsWith("2")).sort()[0];
  const { content = {} } = document.resolved(operation.responses[status]);
  const types = Object.keys(content);
  return { status: Number(status), types, schema: types.length === 1 ? content["application/json"]?.schema : undefined };
}

function memberTests(document, schema) {
  const resolved = document.resolved(schema);
  if (resolved.type === "array") {
    const required = document.required(resolved.items);
    return ['pm.test("it is a list", () => pm.expect(body).to.be.an("array"));', ...(required.length === 0 ? [] : [
      `pm.test("all have the documented members", () => body.forEach((one) => pm.expect(one).to.include.all.keys(${required.map(quoted).join(", ")})));`,
    ])];
  }
  const required = document.required(resolved);
  if (required.length === 0) return [];
  return [`pm.test("it has the documented members", () => pm.expect(body).to.include.all.keys(${required.map(quoted).join(", ")}));`];
}

function tests(document, operation, request) {
  const { status, types, schema } = success(document, operation);
  const out = [
    `pm.test("status is ${status}", () => pm.response.to.have.status(${status}));`,
    'pm.test("the answer has a request id", () => pm.response.to.have.header("x-humanapi-request-id"));',
  ];
  if (types.length > 0) {
    out.push(`pm.test("media type is documented", () => pm.expect(${quoted(types)}).to.include((pm.response.headers.get("content-type") || "").split(";")[0]));`);
  } else {
    out.push('pm.test("there is no body", () => pm.expect(pm.response.text()).to.equal(""));');
  }
  if (schema) {
    out.push("const body = pm.response.json();", ...memberTests(document, schema));
  }
  for (const [what, expression] of Object.entries(request.check ?? {})) {
    out.push(`pm.test(${quoted(what)}, () => pm.expect(${expression}).to.equal(true));`);
  }
  for (const [variable, expression] of Object.entries(request.keep ?? {})) {
    out.push(`pm.collectionVariables.set(${quoted(variable)}, ${expression});`);
  }
  return lines(out);
}

function urlOf(operation, request) {
  const path = operation.path.slice(1).split("/").map((part) => part.replace(/^\{(.*)\}$/, ":$1"));
  const variable = operation.parameters.filter((one) => one.in === "path")
    .map(({ name }) => ({ key: name, value: `{{${pathVariables[name] ?? name}}}` }));
  const query = operation.parameters.filter((one) => one.in === "query").map(({ name, description, example, schema }) => ({
    key: name,
    value: String(request.query?.[name] ?? example ?? schema.default ?? ""),
    ...(description && { description }),
    ...(request.query?.[name] === undefined && { disabled: true }),
  }));
  const sent = query.filter((one) => !one.disabled).map((one) => `${one.key}=${one.value}`).join("&");
  return {
    raw: `{{baseUrl}}/${path.join("/")}${sent && "?"}${sent}`, host: ["{{baseUrl}}"], path,
    ...(query.length > 0 && { query }), ...(variable.length > 0 && { variable }),
  };
}

function item(document, operation, request) {
  const json = document.resolved(operation.requestBody)?.content["application/json"];
  const body = json && (request.body ?? exampleOf(json));
  const header = [];
  if (body) header.push({ key: "Content-Type", value: "application/json" });
  if (operation.parameters.some((one) => one.name === "Idempotency-Key")) {
    header.push({ key: "Idempotency-Key", value: "{{$guid}}", description: "Send the same one to repeat a request safely." });
  }
  return {
    name: request.name ?? operation.summary,
    event: [
      ...(request.before ? [script("prerequest", lines(request.before))] : []),
      script("test", tests(document, operation, request)),
    ],
    request: {
      ...(operation.security?.length === 0 && { auth: { type: "noauth" } }),
      method: operation.method,
      header,
      ...(body && { body: { mode: "raw", raw: JSON.stringify(body, null, 2), options: { raw: { language: "json" } } } }),
      url: urlOf(operation, request),
      description: [operation["x-chartroom-extension"] && "*Extension of Chartroom.*", operation.description]
        .filter(Boolean).join("\n\n"),
    },
    response: [],
  };
}

/** The collection as an object. `wanted` chooses requests by operation: all of them unless told. */
export function collection(text, wanted = () => true) {
  const document = new Document(text);
  const folders = new Map(document.root.tags.map((tag) => [tag.name, { name: tag.name, description: tag.description, item: [] }]));
  const unused = new Set(document.operations.keys());
  for (const request of requests) {
    const operation = document.operations.get(request.use);
    if (!operation) throw new Error(`the document has no operation ${request.use}`);
    unused.delete(request.use);
    if (wanted(operation)) folders.get(request.folder ?? operation.tags[0]).item.push(item(document, operation, request));
  }
  if (unused.size > 0) throw new Error(`no request uses ${[...unused].join(", ")}`);
  return {
    info: {
      name: "Chartroom",
      description: "Every operation of Chartroom's order API, in an order in which it can be run. Set baseUrl, clientId and clientSecret.",
      schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
    },
    auth: { type: "bearer", bearer: [{ key: "token", value: "{{token}}", type: "string" }] },
    variable: Object.entries(variables).map(([key, value]) => ({ key, value, type: "string" })),
    item: [...folders.values()].filter((folder) => folder.item.length > 0),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [source = here("../../api/openapi.yaml"), target = here("chartroom.postman_collection.json")] = process.argv.slice(2);
  writeFileSync(target, JSON.stringify(collection(readFileSync(source, "utf8")), null, 2) + "\n");
}
