// The rival of bench_ccda, one thread: ccda.mjs SECONDS FILE...
//
// Prints the files that it can convert when SECONDS is 0; else "documents bytes seconds" of
// @medplum/ccda (lenient: XML to FHIR, unknown sections passed over). Nothing is timed before each
// document was converted five times.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// @medplum/core wants to see one when it is loaded; nothing here opens a connection.
globalThis.WebSocket ??= class {};
const require = createRequire(new URL("../tests/oracle/package.json", import.meta.url));
const { convertXmlToCcda, convertCcdaToFhir } = await import(pathToFileURL(require.resolve("@medplum/ccda")).href);

const convert = (xml) => convertCcdaToFhir(convertXmlToCcda(xml), { ignoreUnsupportedSections: true });
const [seconds, ...files] = process.argv.slice(2);
const documents = files.map((file) => ({ file, bytes: readFileSync(file) }));
console.warn = () => {};
const print = console.log;
console.log = () => {};

if (Number(seconds) === 0) {
  for (const { file, bytes } of documents) {
    try {
      convert(bytes.toString("utf8"));
      print(file);
    } catch {
      // What it cannot read is not compared.
    }
  }
} else {
  for (let i = 0; i < 5; i += 1) for (const { bytes } of documents) convert(bytes.toString("utf8"));
  let count = 0;
  let total = 0;
  const begin = performance.now();
  while (performance.now() - begin < Number(seconds) * 1000) {
    for (const { bytes } of documents) {
      convert(bytes.toString("utf8"));
      count += 1;
      total += bytes.length;
    }
  }
  print(`${count} ${total} ${(performance.now() - begin) / 1000}`);
}
