// What the scenarios stand on: a server, its API, a listener for callbacks, a keyboard, and axe.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { eventually, openServer } from "../node/server.mjs";

export { eventually, openServer };

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The order API, as far as the pages need it. */
export class Api {
  #server;
  #token;

  constructor(server) {
    this.#server = server;
  }

  async #post(path, body) {
    const headers = { "content-type": "application/json" };
    if (this.#token) headers.authorization = `Bearer ${this.#token}`;
    const answer = await fetch(this.#server.url + path, { method: "POST", headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  async signIn() {
    const { clientId: client_id, clientSecret: client_secret } = this.#server;
    this.#token = (await this.#post("/v1/admin/token", { client_id, client_secret, type: "client" })).client_token;
  }

  place(order) {
    return this.#post("/api/v1/users", order);
  }

  async #get(path) {
    const answer = await fetch(this.#server.url + path, { headers: { authorization: `Bearer ${this.#token}` } });
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status}`);
    return answer;
  }

  /** Groups of a user's reports. */
  async reports(clientUserId) {
    return (await this.#get(`/api/v1/user/reports?clientUserId=${clientUserId}`)).json();
  }

  async download(reportId) {
    return (await this.#get(`/api/v1/user/reports/${reportId}`)).text();
  }

  /** Turns the application's clock (sandbox). */
  advance(duration) {
    return this.#post("/api/v1/sandbox/clock", { advance: duration });
  }

  /** Places an order and gives its consumerLink once the page shows `sign`. */
  async orderLink(order, sign) {
    await this.#post("/api/v1/users", order);
    const { consumerLink } = await this.#post("/api/v1/resources/consumer-link", { clientUserId: order.clientUserId });
    // The link names the server's public URL; the test speaks to where it listens.
    const link = new URL(consumerLink);
    const here = this.#server.url + link.pathname + link.search;
    await eventually(`"${sign}" on the page`, async () => (await (await fetch(here)).text()).includes(sign));
    return here;
  }
}

/** Receives what callbacks are told. */
export class Listener {
  #server;
  #visits = [];

  static async open() {
    const listener = new Listener();
    listener.#server = createServer((request, response) => {
      const url = new URL(request.url, "http://listener");
      if (url.pathname !== "/favicon.ico") listener.#visits.push({ method: request.method, headers: request.headers, url });
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end("<!doctype html><html lang=en><title>Customer</title><h1>Customer</h1>");
    }).listen(0, "127.0.0.1");
    await new Promise((ready) => listener.#server.once("listening", ready));
    return listener;
  }

  get origin() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** The one visit since the last call. */
  take() {
    const visits = this.#visits.splice(0);
    if (visits.length !== 1) throw new Error(`the callback was called ${visits.length} times`);
    return visits[0];
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
}

/** A page that is used by keyboard alone: every control must be reached by Tab. */
export class Keyboard {
  constructor(page) {
    this.page = page;
  }

  async reach(selector) {
    const wanted = this.page.locator(selector).first();
    await wanted.waitFor({ state: "attached" });
    for (let presses = 0; presses < 120; ++presses) {
      if (await this.page.locator(`${selector} >> nth=0`).evaluate((node) => node === document.activeElement)) return;
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`${selector} cannot be reached by Tab`);
  }

  async type(selector, text) {
    await this.reach(selector);
    await this.page.keyboard.press("Control+A");
    await this.page.keyboard.type(text);
  }

  async press(selector, key) {
    await this.reach(selector);
    await this.page.keyboard.press(key);
  }

  /** Activates a link or button and waits for the page behind it. */
  async go(selector, key = "Enter") {
    await this.reach(selector);
    const loaded = this.page.waitForEvent("domcontentloaded");
    await this.page.keyboard.press(key);
    await loaded;
  }

  async shows(text) {
    const body = await this.page.locator("body").innerText();
    if (!body.includes(text)) throw new Error(`the page does not say "${text}" but:\n${body.slice(0, 600)}`);
  }
}

/** All of axe's rules for WCAG 2.2 AA and its best practices; throws with what is wrong. */
export async function checkAccessibility(page, name) {
  await page.evaluate(axeSource);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  if (passes.length < 5) throw new Error(`${name}: axe did not look at the page`);
  if (violations.length > 0) {
    const lines = violations.map((found) => `${found.id}: ${found.nodes.map((node) => node.target.join(" ")).join(", ")}`);
    throw new Error(`${name}: ${lines.join("; ")}`);
  }
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (overflow > 0) throw new Error(`${name}: ${overflow} px wider than the screen`);
}
