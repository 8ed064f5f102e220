// Draws a Typst file as PDF: compile.mjs FILE OUT
import { writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { NodeCompiler } from "@myriaddreamin/typst-ts-node-compiler";

const [file, out] = process.argv.slice(2).map((path) => resolve(path));
const compiler = NodeCompiler.create({ workspace: dirname(file) });
writeFileSync(out, compiler.pdf({ mainFilePath: file }));
