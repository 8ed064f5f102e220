// What every call needs and nobody wants to write: a token that is renewed in time, an Idempotency-Key, and another
// try where one is safe.
import { randomUUID } from "node:crypto";

export interface Options {
  /** The server, for example "https://records.example.com". */
  baseUrl: string;
  clientId: string;
  clientSecret: string;
  /** How often a call is made at most when the server is busy or cannot be reached; 3 if absent. */
  attempts?: number;
  /** Instead of the global fetch. */
  fetch?: typeof globalThis.fetch;
  /** Instead of Date.now. */
  now?: () => number;
}

/** The server's refusal of a call. */
export class ChartroomError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** The members of the body that are not as they should be. */
    readonly keys: readonly string[],
    readonly requestId: string | undefined,
  ) {
    super(message);
    this.name = "ChartroomError";
  }

  static async of(response: Response, body?: unknown): Promise<ChartroomError> {
    const text: unknown = body ?? (await response.json().catch(() => undefined));
    const error = (typeof text === "object" && text !== null ? text : {}) as {
      message?: string; detail?: string; validation?: { keys?: string[] };
    };
    return new ChartroomError(response.status, error.message ?? error.detail ?? response.statusText,
      error.validation?.keys ?? [], response.headers.get("x-humanapi-request-id") ?? undefined);
  }
}

const renewBeforeMs = 5 * 60 * 1000;
const longestWaitMs = 30 * 1000;

interface Token {
  value: string;
  goodUntil: number;
}

export class Transport {
  readonly #options: Options;
  readonly #fetch: typeof globalThis.fetch;
  readonly #now: () => number;
  #token: Promise<Token> | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    this.#now = options.now ?? Date.now;
  }

  /** The client token: the kept one while it is good, else a new one. Calls at the same time share one request. */
  async token(): Promise<string> {
    const kept = this.#token;
    if (kept !== undefined) {
      const token = await kept;
      if (token.goodUntil - renewBeforeMs > this.#now()) return token.value;
      this.#forget(kept);
    }
    if (this.#token === undefined) {
      const asked = this.#askForToken();
      this.#token = asked;
      asked.catch(() => this.#forget(asked));
    }
    return (await this.#token).value;
  }

  /** Fetch for openapi-fetch. */
  readonly send = async (request: Request): Promise<Response> => {
    const headers = new Headers(request.headers);
    if (request.method === "POST" && !headers.has("idempotency-key")) headers.set("idempotency-key", randomUUID());
    const prepared = new Request(request, { headers });
    let kept = this.#token;
    let response = await this.#repeated(prepared, await this.token());
    if (response.status === 401) {
      // Revoked, or from before the server's keys changed: once more, with a token that is new.
      kept ??= this.#token;
      if (kept !== undefined) this.#forget(kept);
      response = await this.#repeated(prepared, await this.token());
    }
    return response;
  };

  #forget(token: Promise<Token>): void {
    if (this.#token === token) this.#token = undefined;
  }

  /** Every call can be made again: POST by its Idempotency-Key, the others by what they are. */
  async #repeated(request: Request, token: string): Promise<Response> {
    const attempts = this.#options.attempts ?? 3;
    for (let attempt = 1; ; ++attempt) {
      const copy = request.clone();
      copy.headers.set("authorization", `Bearer ${token}`);
      let response: Response | undefined;
      try {
        response = await this.#fetch(copy);
        if (!isWorthAnotherTry(response) || attempt >= attempts) return response;
      } catch (error) {
        if (attempt >= attempts || request.signal.aborted) throw error;
      }
      const seconds = Number(response?.headers.get("retry-after") ?? 0.5 * 2 ** (attempt - 1));
      await response?.body?.cancel();
      await new Promise((resolve) => setTimeout(resolve, Math.min(seconds * 1000, longestWaitMs)));
    }
  }

  async #askForToken(): Promise<Token> {
    const asked = this.#now();
    const { baseUrl, clientId, clientSecret } = this.#options;
    const response = await this.#fetch(new Request(`${baseUrl.replace(/\/$/, "")}/v1/admin/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ client_id: clientId, client_secret: clientSecret, type: "client" }),
    }));
    if (!response.ok) throw await ChartroomError.of(response);
    const granted = (await response.json()) as { client_token: string; expires_in: number };
    return { value: granted.client_token, goodUntil: asked + granted.expires_in * 1000 };
  }
}

/** 503: busy. 409 with Retry-After: a call with the same Idempotency-Key is still running. */
function isWorthAnotherTry(response: Response): boolean {
  return response.status === 503 || (response.status === 409 && response.headers.has("retry-after"));
}
