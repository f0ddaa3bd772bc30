// node --hash-seed=1 compile-ahead.ts <script> <output>: writes the code that V8 makes of all functions of a script, for this Node
// under its other flags. The same script gives the same bytes.
import { readFileSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";

const [script = "", output = ""] = process.argv.slice(2);
// V8 leaves a function until it is called, unless told otherwise.
setFlagsFromString("--no-lazy");
// The name is written down with the code, and replaced where that is read.
const compiled = new Script(readFileSync(script, "latin1"), { filename: "cold.js" });
// Code is refused where flags differ from those under which it was written down.
setFlagsFromString("--lazy");
setFlagsFromString("--hash-seed=0");
writeFileSync(output, compiled.createCachedData());
