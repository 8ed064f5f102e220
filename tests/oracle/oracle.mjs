// Our C-CDA readers beside two others on the same documents: oracle.mjs DUMP_PROGRAM DATA_FOLDER
//
// Prints a table: entries that the others find, how many of them we have, and what differs. Each
// difference must be explained in explained.mjs; one that is not makes the exit status 1.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { compare } from "./compare.mjs";
import { explain } from "./explained.mjs";
import { shell } from "./fragment.mjs";
import { readBlueButton, readMedplum } from "./readers.mjs";

const sections = [
  "issues", "medications", "allergies", "observations", "procedures", "encounters", "immunizations",
];
const others = { "@medplum/ccda": readMedplum, "blue-button": readBlueButton };

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    })
    .sort();
}

function ourFacts(program, paths) {
  const found = new Map();
  for (let i = 0; i < paths.length; i += 100) {
    const output = execFileSync(program, paths.slice(i, i + 100), { maxBuffer: 1 << 30 });
    for (const line of output.toString().split("\n").filter(Boolean)) {
      const each = JSON.parse(line);
      found.set(each.file, each);
    }
  }
  return found;
}

const [, , program, data] = process.argv;
const verbose = process.argv.includes("--all");
const temporary = mkdtempSync(join(tmpdir(), "oracle-"));
const quiet = console.log;
try {
  // Fragments of documents are put into a shell, the same for all readers.
  const documents = [];
  for (const path of filesBelow(join(data, "ccda"))) {
    const name = relative(join(data, "ccda"), path);
    const bytes = readFileSync(path);
    const wrapped = shell(name, bytes.toString("utf8"));
    if (wrapped === undefined) {
      documents.push({ name, path, fragment: false });
      continue;
    }
    const copy = join(temporary, `${documents.length}-${basename(path)}`);
    writeFileSync(copy, wrapped);
    documents.push({ name, path: copy, fragment: true });
  }
  const ours = ourFacts(program, documents.map((each) => each.path));
  const rows = [];
  const differences = [];
  const failures = [];
  for (const document of documents) {
    const mine = ours.get(document.path);
    const xml = readFileSync(document.path, "utf8");
    const facts = mine.facts ?? [];
    if (mine.refused) failures.push([document.name, "chartroom", mine.refused]);
    for (const [reader, read] of Object.entries(others)) {
      let entries;
      console.log = () => {};
      try {
        entries = read(xml);
      } catch (error) {
        failures.push([document.name, reader, String(error.message).split("\n")[0].slice(0, 90)]);
        continue;
      } finally {
        console.log = quiet;
      }
      for (const verdict of compare(entries, facts)) {
        rows.push({ reader, fragment: document.fragment, ...verdict });
        if (["same", "shared", "detail"].includes(verdict.verdict)) continue;
        differences.push({
          reader, file: document.name, fragment: document.fragment, facts, losses: mine.losses ?? [],
          refused: mine.refused, ...verdict,
        });
      }
    }
  }
  print(documents, rows, differences, failures, ours);
} finally {
  rmSync(temporary, { recursive: true });
}

function print(documents, rows, differences, failures, mine) {
  const whole = documents.filter((each) => !each.fragment).length;
  quiet(`${documents.length} documents: ${whole} whole, ${documents.length - whole} fragments in a shell\n`);
  quiet("reader          section         found   we have   of these another date or value   we lack");
  for (const reader of Object.keys(others)) {
    for (const section of sections) {
      const all = rows.filter((row) => row.reader === reader && row.entry.section === section);
      const lacking = all.filter((row) => row.verdict === "missing").length;
      const other = all.filter((row) => row.verdict === "date" || row.verdict === "value").length;
      quiet(
        `${reader.padEnd(15)} ${section.padEnd(14)} ${String(all.length).padStart(6)} ` +
          `${String(all.length - lacking).padStart(9)} ${String(other).padStart(32)} ${String(lacking).padStart(9)}`,
      );
    }
  }
  const facts = [...mine.values()].flatMap((each) => each.facts ?? []);
  quiet(`\nfindings of ours in the same documents: ${facts.length}`);
  quiet("\nDocuments that a reader cannot read:");
  const byReason = new Map();
  for (const [file, reader, reason] of failures) {
    const key = `${reader}: ${reason}`;
    byReason.set(key, [...(byReason.get(key) ?? []), file]);
  }
  for (const [key, files] of [...byReason].sort()) {
    const some = files.length > 3 ? `${files.slice(0, 3).join(", ")} and ${files.length - 3} more` : files.join(", ");
    quiet(`  ${key}\n    ${some}`);
  }
  const groups = new Map();
  const unexplained = [];
  for (const difference of differences) {
    const why = explain(difference);
    if (why === undefined) unexplained.push(difference);
    else groups.set(why, (groups.get(why) ?? 0) + 1);
  }
  quiet("\nDifferences, explained:");
  if (process.env.WHY) for (const each of differences) if (explain(each)?.includes(process.env.WHY)) quiet(`  > ${each.file}: ${JSON.stringify(each.entry)}`);
  for (const [why, times] of [...groups].sort((a, b) => b[1] - a[1])) quiet(`  ${String(times).padStart(4)}  ${why}`);
  quiet(`\nDifferences that nobody has explained: ${unexplained.length}`);
  for (const each of verbose ? unexplained : unexplained.slice(0, 20)) {
    quiet(`  ${each.reader} ${each.file}: ${each.verdict} ${JSON.stringify(each.entry)}`);
    if (each.ours) {
      const { section, text, date, value, locator } = each.ours;
      quiet(`    ours: ${JSON.stringify({ section, text, date, value, locator })}`);
    }
  }
  if (unexplained.length > 0) process.exitCode = 1;
}
