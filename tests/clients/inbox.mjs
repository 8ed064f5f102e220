// @ts-check
// A customer's endpoint: keeps what came, as it came.
import { createServer } from "node:http";
import { once } from "node:events";

/** @typedef {{ headers: Record<string, string | string[] | undefined>, body: Buffer }} Delivery */

export class Inbox {
  /** @type {Delivery[]} */
  deliveries = [];
  #server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    this.deliveries.push({ headers: request.headers, body: Buffer.concat(chunks) });
    response.end();
    this.#changed();
  });
  #changed = () => {};

  static async open() {
    const inbox = new Inbox();
    inbox.#server.listen(0, "127.0.0.1");
    await once(inbox.#server, "listening");
    return inbox;
  }

  get url() {
    return `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (this.#server.address()).port}/hook`;
  }

  /**
   * The first thing that `look` finds in the deliveries; asked again at every delivery.
   * @template Found
   * @param {string} what
   * @param {(deliveries: Delivery[]) => Found | undefined} look
   * @returns {Promise<Found>}
   */
  async until(what, look, seconds = 60) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const found = look(this.deliveries);
      if (found !== undefined) return found;
      await new Promise((resolve, reject) => {
        const limit = setTimeout(() => reject(new Error(`${what}: not within ${seconds} s`)), end - Date.now());
        this.#changed = () => { clearTimeout(limit); resolve(undefined); };
      });
    }
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
