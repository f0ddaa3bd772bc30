// node compile-ahead.ts <script> <output>: writes the code that V8 makes of all functions of a script, for this Node under these flags.
import { readFileSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";

const [script = "", output = ""] = process.argv.slice(2);
// V8 leaves a function until it is called, unless told otherwise.
setFlagsFromString("--no-lazy");
const compiled = new Script(readFileSync(script, "latin1"), { filename: script });
setFlagsFromString("--lazy");
writeFileSync(output, compiled.createCachedData());
