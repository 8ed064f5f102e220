// The applicant's pages in a real browser: by keyboard alone and without JavaScript, then every page
// under axe, on a phone and on a desk, light and dark.
//
//   CHARTROOM_BINARY=build/release/chartroom node run.mjs
//   CHARTROOM_URL=… CHARTROOM_CLIENT_ID=… CHARTROOM_CLIENT_SECRET=… node run.mjs
//
// SCREENSHOTS=folder keeps a picture of every page. The last line is "N passed, N failed".
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { Api, checkAccessibility, eventually, Keyboard, Listener, openBrowser, openServer } from "./harness.mjs";

const server = await openServer();
const listener = await Listener.open();
const browser = await openBrowser();
const api = new Api(server);
let passed = 0;
let failed = 0;

const signedForm = Buffer.from("%PDF-1.4\n% signed\n");

function order(lastName, changes = {}) {
  const made = {
    clientUserId: `browser-${randomUUID()}`,
    clientUserEmail: "applicant@example.com",
    orderType: "healthcheck",
    firstName: "Maria",
    lastName,
    gender: "female",
    dateOfBirth: "1968-02-13",
    address: { street1: "12 Orchard Lane", city: "Riverbend", state: "OR", zip: "97035" },
    attachments: [{ type: "hipaaAuthorization", contentType: "application/pdf", encoding: "base64",
      content: signedForm.toString("base64") }],
    ...changes,
  };
  for (const [name, value] of Object.entries(changes)) if (value === undefined) delete made[name];
  return made;
}

const signs = {
  portal: "Connect your patient portal",
  information: "Complete your information",
  form: "Sign a form for",
};
const incomplete = () => order("Novak", { address: undefined, gender: undefined, dateOfBirth: undefined,
  attachments: undefined });

async function test(name, run) {
  try {
    await run();
    ++passed;
    console.log(`ok    ${name}`);
  } catch (error) {
    ++failed;
    console.log(`FAIL  ${name}\n      ${String(error.stack ?? error).replaceAll("\n", "\n      ")}`);
  }
}

/** A scenario by keyboard, with JavaScript off, in a browser profile of its own. */
async function byKeyboard(link, walk) {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  try {
    const page = await context.newPage();
    await page.goto(link);
    await walk(new Keyboard(page));
  } finally {
    await context.close();
  }
}

const withCallback = (link, callback) => `${link}&callback=${callback}`;
const taskLink = (number = 1) => `.tasks li:nth-child(${number}) a.button`;

await test("the API lets the tests in", () => api.signIn());

await test("a portal is searched, cancelled, and then connected", async () => {
  const link = await api.orderLink(order("NoRecords"), signs.portal);
  await byKeyboard(link, async (keyboard) => {
    await keyboard.go(taskLink());
    await keyboard.type("#q", "no such place at all");
    await keyboard.go(".search button");
    await keyboard.shows("Nothing found");
    await keyboard.type("#q", " ");
    await keyboard.go(".search button");
    await keyboard.go(".pick");
    await keyboard.shows("Fictional portal.");
    await keyboard.shows("Share your records?");
    await keyboard.go("button[value=cancel]");
    await keyboard.shows("Nothing was shared.");
    await keyboard.go(".pick");
    await keyboard.go("button[value=approve]");
    await keyboard.shows("Your portal is connected");
    assert.ok(!keyboard.page.url().includes("portal="), "the choice stands in the address");
  });
});

await test("a portal is declined only after a second question", async () => {
  const link = await api.orderLink(order("NoRecords"), signs.portal);
  await byKeyboard(link, async (keyboard) => {
    await keyboard.go(taskLink());
    await keyboard.go(".decline a");
    await keyboard.shows("Go on without a portal?");
    await keyboard.go(".answer a");
    await keyboard.shows("Connect your patient portal");
    await keyboard.go(".decline a");
    await keyboard.go(".answer button");
    await keyboard.shows("Your application goes on without a patient portal.");
    await keyboard.shows("It looks like there are no tasks for you at this time.");
  });
});

await test("missing information is corrected and sent, and the callback hears of it", async () => {
  const given = incomplete();
  const link = await api.orderLink(given, signs.information);
  const callback = `${listener.origin}/done?case=7&x=a%20b`;
  await byKeyboard(withCallback(link, callback), async (keyboard) => {
    await keyboard.go(taskLink());
    await keyboard.type("#birth_month", "13");
    await keyboard.type("#birth_day", "13");
    await keyboard.type("#birth_year", "1968");
    await keyboard.press("#gender", "Space");
    await keyboard.type("#street1", "12 \"Orchard\" <Lane>");
    await keyboard.type("#city", "Riverbend");
    await keyboard.type("#state", "Oregon");
    await keyboard.type("#zip", "9703");
    await keyboard.type("#signature", "Maria Novak");
    await keyboard.go("form button[type=submit]");
    await keyboard.shows("Please check what you entered");
    assert.match(await keyboard.page.title(), /^Error: /);
    assert.equal(await keyboard.page.locator("#street1").inputValue(), "12 \"Orchard\" <Lane>");
    assert.equal(await keyboard.page.locator("#state").inputValue(), "OR");
    await keyboard.press(".problems a[href='#birth_month']", "Enter");
    await keyboard.type("#birth_month", "2");
    await keyboard.type("#zip", "97035");
    await keyboard.press("#agree", "Space");
    await keyboard.go("form button[type=submit]");
    const visit = listener.take();
    assert.equal(visit.method, "GET");
    assert.equal(visit.headers.referer, undefined, "rq must not leak by Referer");
    assert.deepEqual([...visit.url.searchParams.keys()], ["case", "x", "status", "order"]);
    assert.equal(visit.url.searchParams.get("x"), "a b");
    assert.equal(visit.url.searchParams.get("status"), "success");
    const told = JSON.parse(visit.url.searchParams.get("order"));
    assert.deepEqual(Object.keys(told).sort(), ["allTasksResolve", "externalId", "orderId", "orderState"]);
    assert.equal(told.allTasksResolve, true);
    assert.equal(told.externalId, given.clientUserId);
    assert.ok(["Created", "In Progress", "Pended", "Completed"].includes(told.orderState), told.orderState);
  });
});

await test("a signed form is uploaded instead of a typed name", async () => {
  const link = await api.orderLink(order("Okafor", { attachments: undefined }), "Sign an authorization");
  await byKeyboard(link, async (keyboard) => {
    await keyboard.go(taskLink());
    await keyboard.press(".other-way summary", "Enter");
    await keyboard.reach("#document");
    await keyboard.page.setInputFiles("#document", { name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from("no") });
    await keyboard.go("form button[type=submit]");
    await keyboard.shows("The file must be a PDF or a TIFF image");
    await keyboard.reach("#document");
    await keyboard.page.setInputFiles("#document", { name: "form.pdf", mimeType: "application/pdf", buffer: signedForm });
    await keyboard.go("form button[type=submit]");
    await keyboard.shows("Your information has been received.");
  });
});

await test("a provider's own form is signed; the callback is given encoded", async () => {
  const link = await api.orderLink(order("Pended"), signs.form);
  await byKeyboard(withCallback(link, encodeURIComponent(`${listener.origin}/back?a=1&b=2`)), async (keyboard) => {
    await keyboard.go(taskLink());
    await keyboard.shows("Authorization to disclose health information");
    await keyboard.type("#signature", "Maria Pended");
    await keyboard.press("#agree", "Space");
    await keyboard.go("form button[type=submit]");
    const visit = listener.take();
    assert.deepEqual([...visit.url.searchParams.keys()], ["a", "b", "status", "order"]);
    // Done once is done: the task is closed for whoever comes back to it, and goes on friendly.
    await keyboard.page.goBack();
    await keyboard.page.goto(withCallback(link, encodeURIComponent(`${listener.origin}/back`)));
    await keyboard.shows("It looks like there are no tasks for you at this time.");
    await keyboard.go(".calm a.button");
    const back = listener.take();
    assert.equal(back.url.searchParams.get("error"), "No Tasks Available");
    assert.equal(back.url.searchParams.get("status"), "error");
    assert.ok(back.url.searchParams.has("order"));
  });
});

await test("a forged link shows nothing and leads nowhere", async () => {
  const link = await api.orderLink(order("NoRecords"), signs.portal);
  const forged = link.replace(/rq=([^&]*)/, (_, rq) => `rq=${rq.slice(0, -8)}AAAAAAAA`);
  await byKeyboard(withCallback(forged, `${listener.origin}/`), async (keyboard) => {
    await keyboard.shows("This link does not work");
    const html = await keyboard.page.content();
    assert.ok(!html.includes("Maria"));
    assert.ok(!html.includes(listener.origin + "/?"));
  });
  assert.equal((await fetch(forged)).status, 403);
});

await test("an address that is no web address is never a callback", async () => {
  const link = await api.orderLink(order("NoRecords"), signs.portal);
  for (const bad of ["javascript:alert(1)", "data:text/html,x", "https://good@evil.example/"]) {
    const answer = await fetch(withCallback(link, encodeURIComponent(bad)));
    assert.equal(answer.status, 200);
    assert.ok(!(await answer.text()).includes(bad));
    assert.ok(answer.headers.get("content-security-policy").endsWith("form-action 'self'"));
  }
});

// ── the second pass: every page under axe ───────────────────────────────────────────────────────

const looks = [
  { name: "phone-light", viewport: { width: 390, height: 844 }, colorScheme: "light" },
  { name: "phone-dark", viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  { name: "desk-light", viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  { name: "desk-dark", viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  { name: "narrow-light", viewport: { width: 320, height: 640 }, colorScheme: "light" },
];

/** Leads a page through everything there is to see; `look(name)` is called on each page. */
async function tour(page, links, look) {
  await page.goto(server.url);
  await look("landing");
  await page.goto(`${server.url}/?clientId=a&rq=b`);
  await look("forged");
  await page.goto(links.portal);
  await look("tasks");
  await page.click(taskLink());
  await look("portals");
  await page.fill("#q", "no such place at all");
  await page.click(".search button");
  await look("portals-none");
  await page.fill("#q", "");
  await page.click(".search button");
  await page.click(".pick");
  await look("consent");
  await page.click("button[value=cancel]");
  await look("cancelled");
  await page.click(".decline a");
  await look("decline");
  await page.goto(links.information);
  await page.click(taskLink());
  await look("information");
  await page.click("form button[type=submit]");
  await look("information-errors");
  await page.goto(links.form);
  await page.click(taskLink());
  await look("authorization");
  await page.click("form button[type=submit]");
  await look("authorization-errors");
  await page.goto(links.nothing);
  await look("nothing");
  await page.goto(links.portal.replace("/?", "/tasks/unknown?"));
  await look("closed");
}

await test("the pages of the second pass are there", async () => {
  globalThis.links = {
    portal: await api.orderLink(order("NoRecords"), signs.portal),
    information: await api.orderLink(order("Novak", { orderType: "aps-only", firstName: undefined, lastName: undefined,
      gender: undefined, dateOfBirth: undefined, address: undefined, attachments: undefined }), signs.information),
    form: await api.orderLink(order("Pended"), signs.form),
    nothing: await api.orderLink(order("Okafor"), "It looks like there are no tasks"),
  };
  await eventually("the order without tasks is done", async () =>
    (await (await fetch(globalThis.links.nothing)).text()).includes("is finished"), 60);
});

for (const { name, ...settings } of looks) {
  const context = await browser.newContext({ ...settings, bypassCSP: true });
  const page = await context.newPage();
  const pictures = process.env.SCREENSHOTS;
  if (pictures) mkdirSync(pictures, { recursive: true });
  await test(`the tour in ${name}`, () =>
    tour(page, globalThis.links, async (what) => {
      if (pictures) await page.screenshot({ path: join(pictures, `${what}-${name}.png`), fullPage: true });
      await test(`${what} in ${name}`, () => checkAccessibility(page, what));
    }));
  await context.close();
}

await test("an expired link says so, and tells the callback without an order", async () => {
  const link = withCallback(await api.orderLink(order("NoRecords"), signs.portal), `${listener.origin}/`);
  await api.advance("9h");
  const context = await browser.newContext({ ...looks[0], bypassCSP: true });
  const page = await context.newPage();
  assert.equal((await page.goto(link)).status(), 403);
  const keyboard = new Keyboard(page);
  await keyboard.shows("The provided Token has expired");
  assert.ok(!(await page.content()).includes("Maria"));
  await checkAccessibility(page, "expired");
  if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, "expired.png") });
  await keyboard.go("main a.button");
  const { url } = listener.take();
  assert.deepEqual(Object.fromEntries(url.searchParams),
    { status: "error", error: "Forbidden", message: "The provided Token has expired" });
  await context.close();
});

await test("the API's page is read by keyboard and without scripts", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  assert.equal((await page.goto(`${server.url}/docs`)).status(), 200);
  const keyboard = new Keyboard(page);
  await keyboard.press(".skip", "Enter");
  assert.ok(page.url().endsWith("#main"));
  await keyboard.press("#createClientToken summary", "Enter");
  assert.ok(await page.locator("#createClientToken details").first().evaluate((node) => node.open));
  assert.equal(await page.locator(".top").evaluate((node) => getComputedStyle(node).backgroundColor), "rgb(15, 61, 80)");
  assert.deepEqual(asked.filter((url) => !url.startsWith("data:")), [`${server.url}/docs`]);
  await context.close();
});

for (const { name, ...settings } of looks) {
  const context = await browser.newContext({ ...settings, bypassCSP: true });
  const page = await context.newPage();
  await page.goto(`${server.url}/docs`);
  if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `docs-${name}.png`) });
  await page.evaluate(() => document.querySelectorAll("details").forEach((node) => { node.open = true; }));
  await test(`the API's page in ${name}`, () => checkAccessibility(page, "docs"));
  await context.close();
}

// Every kind of report as HTML: each in both looks, without a script, and nothing loaded from anywhere.
if (server.importOrderType) {
  const { reports } = await import("./reports.mjs");
  await reports({ api, server, browser, looks, order, test });
}

await browser.close();
listener.close();
await server.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
