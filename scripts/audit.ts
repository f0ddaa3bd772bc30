// Asks the registry for known vulnerabilities of all packages (npm run audit). Ends with 1 when it names some, and with 2 when it gave
// no answer: npm calls everything clean where it is told not to ask (--offline, audit=false in .npmrc), and not every registry answers.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as z from "zod/mini";
import { Lock, packagesOf } from "./lock-file.ts";

// `via` is an advisory, or the name of a vulnerable package that brings it along.
const Via = z.union([z.string(), z.object({ title: z.string(), url: z.string() })]);
const Report = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string(), via: z.array(Via) })),
  metadata: z.object({ dependencies: z.object({ total: z.number() }) }),
});
const Refusal = z.object({ message: z.string() });

const root = new URL("..", import.meta.url);
const { stdout, stderr, error } = spawnSync("npm", ["audit", "--json", "--package-lock-only", "--audit=true", "--offline=false"], {
  cwd: root,
  encoding: "utf8",
  maxBuffer: 64_000_000,
});
const answer = parsed(stdout);
const report = Report.safeParse(answer);
const expected = packagesOf(Lock.parse(JSON.parse(readFileSync(new URL("package-lock.json", root), "utf8")))).length;
if (!report.success) {
  const refusal = Refusal.safeParse(answer);
  const why = error?.message ?? (refusal.success ? refusal.data.message : stderr.trim() || "npm said nothing");
  fail(
    2,
    `the registry did not say which packages are vulnerable (${why}): nothing is known. Ask another registry: npm_config_registry=... npm run audit`,
  );
} else if (report.data.metadata.dependencies.total !== expected) {
  fail(2, `the answer is about ${report.data.metadata.dependencies.total} packages; expected ${expected}, as package-lock.json has`);
} else {
  const found = Object.entries(report.data.vulnerabilities);
  for (const [name, { severity, via }] of found) {
    const why = via.map((one) => (typeof one === "string" ? `by ${one}` : `${one.title} (${one.url})`));
    console.error(`${name}: ${severity}, ${why.join("; ")}`);
  }
  if (found.length > 0) fail(1, `${found.length} of ${expected} packages are vulnerable`);
  else console.log(`no vulnerability is known of ${expected} packages`);
}

function fail(code: number, says: string): void {
  console.error(says);
  process.exitCode = code;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
