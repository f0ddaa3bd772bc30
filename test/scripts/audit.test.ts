import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "@jest/globals";
import { close, listen } from "../support/ec2-recorder.ts";

const AUDIT = join(import.meta.dirname, "../../scripts/audit.ts");
const ADVISORY = { id: 1, url: "https://example.com/1", title: "reads too much", severity: "high", vulnerable_versions: "<99", cwe: [] };

// What the registry answers to the question for advisories.
let answer: { readonly status: number; readonly body: string };
let server: Server;
let registry: string;
const cache = mkdtempSync(join(tmpdir(), "portcullis-audit-"));
beforeEach(async () => {
  server = createServer((request, response) => {
    if (request.method === "POST") response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
    else response.writeHead(404).end("{}");
  });
  registry = await listen(server);
});
afterEach(() => close(server));
afterAll(() => rmSync(cache, { recursive: true }));

function audit(settings: NodeJS.ProcessEnv = {}): Promise<{ readonly code: number | string; readonly output: string }> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const asked = { ...env, npm_config_registry: registry, npm_config_cache: cache, npm_config_fetch_retries: "0", ...settings };
  return new Promise((resolve) => {
    execFile(process.execPath, [AUDIT], { env: asked }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
}

test("no known vulnerability is a good audit", async () => {
  answer = { status: 200, body: "{}" };
  const { code, output } = await audit();
  expect(output).toMatch(/^no vulnerability is known of \d{3,} packages\n$/);
  expect(code).toBe(0);
});

test("a vulnerable package fails the audit by its name", async () => {
  answer = { status: 200, body: JSON.stringify({ zod: [ADVISORY] }) };
  const { code, output } = await audit();
  expect(output).toContain("zod: high, reads too much (https://example.com/1)");
  expect(code).toBe(1);
});

test.each([
  [405, ""],
  [500, "{}"],
  [200, "<html>"],
])("an answer of %i %j is none, and the audit fails", async (status, body) => {
  answer = { status, body };
  const { code, output } = await audit();
  expect(output).toContain("nothing is known");
  expect(output).not.toContain("no vulnerability");
  expect(code).toBe(2);
});

test("settings under which npm would not ask change nothing", async () => {
  answer = { status: 405, body: "" };
  const { code } = await audit({ npm_config_audit: "false", npm_config_offline: "true", npm_config_omit: "dev" });
  expect(code).toBe(2);
});
