// @ts-check
// The TypeScript client against a running server. The compiler reads this file too: what it uses must have types, and
// what is marked as a mistake must be one.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Chartroom, ChartroomError, NotGenuine, readWebhook, resultOf } from "../../clients/typescript/dist/index.js";
import { Inbox } from "./inbox.mjs";

/** @typedef {import("../../clients/typescript/dist/index.js").Schemas} Schemas */
/** @typedef {import("../../clients/typescript/dist/index.js").Notification} Notification */
/** @typedef {Extract<Notification, { eventType: "orders.OrderSummaryUpdated" }>} Summary */
/** @typedef {{ url: string, clientId: string, clientSecret: string, addWebhook: (url: string) => { secret: string } }} Server */

/** @param {Server} server */
function open(server, options = {}) {
  return new Chartroom({ baseUrl: server.url, clientId: server.clientId, clientSecret: server.clientSecret, ...options });
}

/** @param {string} lastName @returns {Schemas["NewOrder"]} */
function order(lastName = "Doe") {
  return {
    orderType: "healthcheck",
    clientUserId: `client-${randomUUID()}`,
    clientUserEmail: "applicant@example.com",
    firstName: "Jane",
    lastName,
    gender: "female",
    dateOfBirth: "1968-02-13",
    address: { street1: "12 Hill Street", city: "Boise", state: "ID", zip: "83712" },
    attachments: [{ type: "hipaaAuthorization", contentType: "application/pdf", encoding: "base64", content: "JVBERi0xLjQK" }],
  };
}

/** @param {Notification} one @returns {one is Summary} */
const isSummary = (one) => "eventType" in one && one.eventType === "orders.OrderSummaryUpdated";

/** @template Item @param {AsyncIterable<Item>} items */
async function listOf(items) {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
}

/**
 * Fetch that notes what passes, and lets `meddle` answer or fail instead.
 * @param {(request: Request, number: number) => Promise<Response | undefined> | Response | undefined} meddle
 */
function watched(meddle = () => undefined) {
  /** @type {Request[]} */
  const requests = [];
  return {
    requests,
    tokens: () => requests.filter((one) => one.url.endsWith("/v1/admin/token")).length,
    /** @param {RequestInfo | URL} input */
    fetch: async (input) => {
      const request = /** @type {Request} */ (input);
      requests.push(request.clone());
      return (await meddle(request, requests.length)) ?? globalThis.fetch(request);
    },
  };
}

/** @type {Record<string, (server: Server) => Promise<void>>} */
export const tests = {
  "an order from token to reports, told by verified webhooks": async (server) => {
    const inbox = await Inbox.open();
    try {
      const { secret } = server.addWebhook(inbox.url);
      const chartroom = open(server);
      const body = { ...order(), clientData: { branch: "north", number: 7, vip: true } };
      const user = await chartroom.placeOrder(body);
      assert.equal(user.clientUserId, body.clientUserId);

      const summary = await inbox.until("the last summary", (deliveries) => deliveries
        .flatMap((one) => readWebhook(secret, one.headers, one.body)).filter(isSummary)
        .find((one) => one.humanId === user.humanId && one.eventPayload.orderStatus === "completed"));
      assert.deepEqual(summary.clientData, body.clientData);

      const { orders } = await resultOf(chartroom.api.GET("/api/v1/users/{humanId}",
        { params: { path: { humanId: user.humanId } } }));
      assert.deepEqual(orders.map((one) => [one.orderId, one.orderStatus]), [[summary.orderId, "Completed"]]);

      const groups = await resultOf(chartroom.api.GET("/api/v1/user/reports",
        { params: { query: { humanId: user.humanId, createdByOrderId: summary.orderId } } }));
      const listed = groups.flatMap((group) => group.reports.map((one) => one.id));
      assert.deepEqual(new Set(listed), new Set(summary.eventPayload.reports?.map((one) => one.id)));
      const [pdf] = groups.flatMap((group) => group.reports).filter((one) => one.fileExtension === "pdf");
      const file = await chartroom.report(pdf?.id ?? "");
      assert.equal(file.contentType, "application/pdf");
      assert.equal(Buffer.from(file.bytes.subarray(0, 5)).toString(), "%PDF-");

      const [first] = inbox.deliveries;
      assert.ok(first);
      const forged = Buffer.concat([first.body, Buffer.from(" ")]);
      assert.throws(() => readWebhook(secret, first.headers, forged), NotGenuine);
      assert.throws(() => readWebhook(secret, { ...first.headers, "webhook-id": "other" }, first.body), NotGenuine);
      assert.throws(() => readWebhook(secret, first.headers, first.body, Date.now() + 10 * 60 * 1000), NotGenuine);
      assert.throws(() => readWebhook(secret, {}, first.body), NotGenuine);
      assert.throws(() => readWebhook(`whsec_${"A".repeat(32)}`, first.headers, first.body), NotGenuine);
      assert.throws(() => readWebhook("secret", first.headers, first.body), TypeError);
    } finally {
      inbox.close();
    }
  },

  "a token serves many calls and is renewed before it ends": async (server) => {
    let now = Date.now();
    const wire = watched();
    const chartroom = open(server, { fetch: wire.fetch, now: () => now });
    const types = () => resultOf(chartroom.api.GET("/api/v1/order-types"));
    await Promise.all([types(), types(), types()]);
    assert.equal(wire.tokens(), 1);
    now += 23 * 3600 * 1000;
    await types();
    assert.equal(wire.tokens(), 1);
    now += 3600 * 1000 - 60 * 1000;
    await Promise.all([types(), types()]);
    assert.equal(wire.tokens(), 2);
  },

  "a refused token is replaced once": async (server) => {
    const wire = watched((_request, number) => (number === 2 ? new Response(null, { status: 401 }) : undefined));
    const chartroom = open(server, { fetch: wire.fetch });
    await resultOf(chartroom.api.GET("/api/v1/order-types"));
    assert.deepEqual([wire.tokens(), wire.requests.length], [2, 4]);

    const never = watched((request) => (request.method === "GET" ? new Response(null, { status: 401 }) : undefined));
    await assert.rejects(resultOf(open(server, { fetch: never.fetch }).api.GET("/api/v1/order-types")),
      (error) => error instanceof ChartroomError && error.status === 401);
    assert.deepEqual([never.tokens(), never.requests.length], [2, 4]);
  },

  "a wrong secret is an error that names the request": async (server) => {
    const chartroom = open({ ...server, clientSecret: "0".repeat(40) });
    await assert.rejects(resultOf(chartroom.api.GET("/api/v1/order-types")),
      (error) => error instanceof ChartroomError && error.status === 401 && (error.requestId ?? "").length > 8);
  },

  "what is wrong with an order is named": async (server) => {
    const body = { ...order(), dateOfBirth: "tomorrow", phone: "1" };
    await assert.rejects(resultOf(open(server).api.POST("/api/v1/users", { body })), (error) =>
      error instanceof ChartroomError && error.status === 400 && error.message.startsWith('"')
      && ["dateOfBirth", "phone"].every((key) => error.keys.includes(key)));
  },

  "an answer that got lost is asked for again, and the order is placed once": async (server) => {
    let lost = false;
    const wire = watched(async (request) => {
      if (lost || !request.url.endsWith("/api/v1/users")) return undefined;
      lost = true;
      await globalThis.fetch(request);
      throw new TypeError("connection reset");
    });
    const chartroom = open(server, { fetch: wire.fetch });
    const { data, response } = await chartroom.api.POST("/api/v1/users", { body: order("NoRecords") });
    assert.equal(response.status, 202);
    assert.equal(response.headers.get("idempotency-replayed"), "true");
    const posts = wire.requests.filter((one) => one.url.endsWith("/api/v1/users"));
    assert.equal(posts.length, 2);
    assert.equal(new Set(posts.map((one) => one.headers.get("idempotency-key"))).size, 1);
    const user = await resultOf(chartroom.api.GET("/api/v1/users/{humanId}",
      { params: { path: { humanId: data?.humanId ?? "" } } }));
    assert.equal(user.orders.length, 1);
  },

  "every POST has a key of its own, unless it is given one": async (server) => {
    const wire = watched();
    const chartroom = open(server, { fetch: wire.fetch });
    await chartroom.api.POST("/api/v1/users", { body: order("NoRecords") });
    await chartroom.api.POST("/api/v1/users", { body: order("NoRecords") });
    const body = order("NoRecords");
    const params = { header: { "Idempotency-Key": `given-${randomUUID()}` } };
    const one = await chartroom.api.POST("/api/v1/users", { body, params });
    const two = await chartroom.api.POST("/api/v1/users", { body, params });
    assert.deepEqual(one.data, two.data);
    const keys = wire.requests.filter((sent) => sent.url.endsWith("/api/v1/users"))
      .map((sent) => sent.headers.get("idempotency-key"));
    assert.equal(new Set(keys).size, 3);
    assert.equal(keys[2], params.header["Idempotency-Key"]);
    await chartroom.api.GET("/api/v1/order-types");
    assert.equal(wire.requests.at(-1)?.headers.has("idempotency-key"), false);
  },

  "lists are followed to their end": async (server) => {
    const chartroom = open(server);
    const placed = new Set();
    for (let i = 0; i < 5; ++i) {
      placed.add((await chartroom.placeOrder(order("NoRecords"))).humanId);
    }
    const wire = watched();
    const users = await listOf(open(server, { fetch: wire.fetch }).users(2));
    assert.ok([...placed].every((id) => users.some((user) => user.humanId === id)));
    assert.equal(new Set(users.map((user) => user.humanId)).size, users.length);
    assert.ok(wire.requests.length > 3);
  },

  "a report that does not exist": async (server) => {
    await assert.rejects(open(server).report(randomUUID()),
      (error) => error instanceof ChartroomError && error.status === 404);
  },
};

/** Tests of operations that HIP does not have, by one operation that each needs. */
/** @type {Record<string, { needs: string, run: (server: Server) => Promise<void> }>} */
export const extensions = {
  "a webhook's secret is rotated, and both secrets verify": { needs: "createWebhook", run: async (server) => {
    const inbox = await Inbox.open();
    try {
      const chartroom = open(server);
      const made = await resultOf(chartroom.api.POST("/api/v1/webhooks", { body: { url: inbox.url, events: ["webhook.test"] } }));
      const params = { path: { id: made.id } };
      const rotated = await resultOf(chartroom.api.POST("/api/v1/webhooks/{id}/rotate-secret", { params, body: { overlap: "1h" } }));
      assert.notEqual(rotated.secret, made.secret);
      const { eventId } = await resultOf(chartroom.api.POST("/api/v1/webhooks/{id}/test", { params }));
      const delivery = await inbox.until("the test", ([first]) => first);
      for (const secret of [made.secret, rotated.secret]) {
        const [sent] = readWebhook(secret, delivery.headers, delivery.body);
        assert.ok(sent && "eventId" in sent && sent.eventId === eventId);
      }
      await resultOf(chartroom.api.DELETE("/api/v1/webhooks/{id}", { params }));
    } finally {
      inbox.close();
    }
  } },

  "the event log is followed page by page": { needs: "listEvents", run: async (server) => {
    const chartroom = open(server);
    const user = await chartroom.placeOrder(order("NoRecords"));
    await resultOf(chartroom.api.POST("/api/v1/sandbox/clock", { body: { advance: "1m" } }));
    const { orders } = await resultOf(chartroom.api.GET("/api/v1/users/{humanId}", { params: { path: { humanId: user.humanId } } }));
    const orderId = orders[0]?.orderId ?? "";
    const all = await listOf(chartroom.events({ orderId }));
    const single = await listOf(chartroom.events({ orderId, limit: 1 }));
    assert.ok(all.length > 1);
    assert.deepEqual(single, all);
    assert.ok(all.every((event) => event.orderId === orderId));
  } },

  "tasks are followed and answered": { needs: "resolveTask", run: async (server) => {
    const chartroom = open(server);
    const { attachments, ...unsigned } = order();
    const user = await chartroom.placeOrder(unsigned);
    await resultOf(chartroom.api.POST("/api/v1/sandbox/clock", { body: { advance: "1m" } }));
    const [task] = await listOf(chartroom.tasks({ humanId: user.humanId }));
    assert.equal(task?.taskType, "missing_information");
    const resolved = await resultOf(chartroom.api.POST("/api/v1/tasks/{taskId}/resolve",
      { params: { path: { taskId: task?.taskId ?? "" } }, body: { attachments: attachments ?? [] } }));
    assert.equal(resolved.taskState, "Resolved");
  } },
};

/** Mistakes that the compiler must find; never called. */
export async function mistakes() {
  const chartroom = new Chartroom({ baseUrl: "", clientId: "", clientSecret: "" });
  const { api } = chartroom;
  // @ts-expect-error: no such path
  await api.GET("/api/v1/user");
  // @ts-expect-error: clientUserId is required
  await api.POST("/api/v1/users", { body: { clientUserEmail: "jane@example.com" } });
  // @ts-expect-error: a word that is none of the three
  await api.POST("/api/v1/users", { body: { clientUserId: "1", gender: "unknown" } });
  // @ts-expect-error: a member that does not exist
  await chartroom.placeOrder({ clientUserId: "1", policy: "1" });
  const user = await resultOf(api.GET("/api/v1/users/{humanId}", { params: { path: { humanId: "1" } } }));
  // @ts-expect-error: this answer has no status
  return user.status;
}
