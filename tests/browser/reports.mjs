// The HTML reports in a real browser: axe on every kind, on a phone and on a desk, light and dark.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkAccessibility, eventually } from "./harness.mjs";

const kinds = ["healthcheck", "highlights", "unity", "timeline", "clinicalhistory", "ccdraw", "clinicalnotes"];
// The sandbox's providers all give C-CDA, so that notes by themselves may not come.
const mayBeAbsent = new Set(["clinicalnotes"]);
// These are their sources, as authored: no row in them that would open one.
const sources = new Set(["ccdraw", "clinicalnotes"]);

function orderType() {
  const outputs = kinds.map((name) => `\n[[outputs]]\nname = "${name}"\nformat = "html"\n`).join("");
  return `code = "pages"\nalias = "Pages"\n\n[[channels]]\nchannel = "ehr"\n${outputs}`;
}

/** Places an order of all kinds; the pages by kind. */
async function fetchReports(api, server, placed) {
  const folder = mkdtempSync(join(tmpdir(), "chartroom-pages-"));
  const file = join(folder, "type.toml");
  writeFileSync(file, orderType());
  server.importOrderType(file);
  rmSync(folder, { recursive: true });
  await api.place(placed);
  const groups = await eventually("the reports", async () => {
    const found = await api.reports(placed.clientUserId);
    return found.length > 0 && found;
  });
  const pages = [];
  for (const { name, reports } of groups) {
    pages.push({ name, html: await api.download(reports[0].id) });
  }
  return pages;
}

/** A tag in a row opens what the row was read from, by the style sheet alone. */
async function opensRawItems(page) {
  const link = page.locator('a[href^="#raw-"]').first();
  const target = (await link.getAttribute("href")).slice(1);
  const piece = page.locator(`[id="${target}"]`);
  assert.equal(await piece.isVisible(), false);
  await link.focus();
  await page.keyboard.press("Enter");
  assert.equal(await piece.isVisible(), true);
}

export async function reports({ api, server, browser, looks, order, test }) {
  const placed = order("Walker", { orderType: "pages", conditions: ["COPD", "left-handedness"] });
  let pages = [];
  await test("an order makes every kind of HTML report", async () => {
    pages = await fetchReports(api, server, placed);
    const made = new Set(pages.map(({ name }) => name));
    assert.deepEqual(kinds.filter((name) => !made.has(name) && !mayBeAbsent.has(name)), []);
  });
  for (const { name, html } of pages) {
    await test(`report ${name} needs no script and loads nothing`, async () => {
      const context = await browser.newContext({ javaScriptEnabled: false });
      const page = await context.newPage();
      const asked = [];
      page.on("request", (request) => asked.push(request.url()));
      await page.route("http://report.test/", (route) => route.fulfill({ body: html, contentType: "text/html" }));
      await page.goto("http://report.test/");
      assert.equal(await page.locator("h1").count(), 1);
      if (!sources.has(name)) await opensRawItems(page);
      assert.deepEqual(asked.filter((url) => !url.startsWith("data:") && !url.startsWith("http://report.test/")), []);
      await context.close();
    });
    for (const { name: look, ...settings } of looks) {
      await test(`report ${name} in ${look}`, async () => {
        const context = await browser.newContext({ ...settings, bypassCSP: true });
        const page = await context.newPage();
        await page.setContent(html);
        await checkAccessibility(page, name);
        if (process.env.SCREENSHOTS) {
          await page.screenshot({ path: join(process.env.SCREENSHOTS, `report-${name}-${look}.png`) });
        }
        await context.close();
      });
    }
  }
}
