// A client of Chartroom's order API. Paths, bodies and answers have the types of api/openapi.yaml.
import { randomUUID } from "node:crypto";
import createClient, { type Client } from "openapi-fetch";
import type { components, operations, paths } from "./schema.js";
import { ChartroomError, type Options, Transport } from "./transport.js";

export { ChartroomError, type Options } from "./transport.js";
export { NotGenuine, readWebhook, type Notification, type WebhookHeaders } from "./webhook.js";
export type { components, operations, paths } from "./schema.js";

/** The types that the OpenAPI document names, such as Schemas["NewOrder"]. */
export type Schemas = components["schemas"];

type Query<Name extends keyof operations> = NonNullable<operations[Name]["parameters"]["query"]>;

export interface Report {
  contentType: string;
  bytes: Uint8Array;
}

export class Chartroom {
  /** Every operation: `api.GET("/api/v1/users/{humanId}", { params: { path: { humanId } } })`. */
  readonly api: Client<paths>;
  readonly #transport: Transport;

  constructor(options: Options) {
    this.#transport = new Transport(options);
    this.api = createClient<paths>({ baseUrl: options.baseUrl.replace(/\/$/, ""), fetch: this.#transport.send });
  }

  /** The client token in use, for calls that are made without this client. */
  token(): Promise<string> {
    return this.#transport.token();
  }

  /**
   * Places an order. Keep `idempotencyKey` with your own record of the order and give it again after a crash: the order
   * is placed once, whatever happens.
   */
  placeOrder(order: Schemas["NewOrder"], idempotencyKey: string = randomUUID()): Promise<Schemas["CreatedUser"]> {
    return resultOf(this.api.POST("/api/v1/users",
      { body: order, params: { header: { "Idempotency-Key": idempotencyKey } } }));
  }

  /** One report's file. */
  async report(reportId: string): Promise<Report> {
    const { response } = await this.api.GET("/api/v1/user/reports/{reportId}", {
      params: { path: { reportId } }, parseAs: "stream",
    });
    if (!response.ok) throw await ChartroomError.of(response);
    return {
      contentType: response.headers.get("content-type") ?? "",
      bytes: new Uint8Array(await response.arrayBuffer()),
    };
  }

  /** All users, newest first; fetched page by page while you go on. */
  async *users(pageSize = 100): AsyncGenerator<Schemas["ListedUser"], void, undefined> {
    // A user that is added meanwhile moves the others back by one: known ones are left out.
    const seen = new Set<string>();
    for (let offset = 0; ; offset += pageSize) {
      const page = await resultOf(this.api.GET("/api/v1/users", { params: { query: { offset, limit: pageSize } } }));
      for (const user of page) {
        if (!seen.has(user.humanId)) yield user;
        seen.add(user.humanId);
      }
      if (page.length < pageSize) return;
    }
  }

  /** Tasks, newest first; open ones unless `state` says otherwise. */
  tasks(query: Omit<Query<"listTasks">, "cursor"> = {}): AsyncGenerator<Schemas["Task"], void, undefined> {
    return follow((cursor) => resultOf(this.api.GET("/api/v1/tasks", { params: { query: { ...query, ...cursor } } })),
      (page) => page.tasks);
  }

  /** The event log, oldest first, up to the newest event there is. */
  events(query: Omit<Query<"listEvents">, "cursor"> = {}): AsyncGenerator<Schemas["Event"], void, undefined> {
    return follow((cursor) => resultOf(this.api.GET("/api/v1/events", { params: { query: { ...query, ...cursor } } })),
      (page) => page.events);
  }

  /** What became of the deliveries to a webhook endpoint, newest first. */
  attempts(id: string, limit = 100): AsyncGenerator<Schemas["Attempt"], void, undefined> {
    return follow((cursor) => resultOf(this.api.GET("/api/v1/webhooks/{id}/attempts",
      { params: { path: { id }, query: { limit, ...cursor } } })), (page) => page.attempts);
  }
}

async function* follow<Page extends { nextCursor?: string }, Item>(
  fetchPage: (cursor: { cursor?: string }) => Promise<Page>, itemsOf: (page: Page) => Item[],
): AsyncGenerator<Item, void, undefined> {
  for (let cursor: { cursor?: string } = {}; ;) {
    const page = await fetchPage(cursor);
    const items = itemsOf(page);
    yield* items;
    if (page.nextCursor === undefined || items.length === 0) return;
    cursor = { cursor: page.nextCursor };
  }
}

/**
 * The answer of a call, or a ChartroomError:
 * `const user = await resultOf(chartroom.api.POST("/api/v1/users", { body: order }))`.
 */
export async function resultOf<Data>(
  call: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<Exclude<Data, undefined>> {
  const { data, error, response } = await call;
  if (!response.ok) throw await ChartroomError.of(response, error);
  return data as Exclude<Data, undefined>;
}
