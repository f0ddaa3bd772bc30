#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// Stripping types and compiling is most of the start; kept in the system's temporary folder, it takes a third of the time.
enableCompileCache();
await import("./program.ts");
