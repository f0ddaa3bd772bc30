import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { markerOf } from "../../lib/report/markdown.ts";
import { ROOT } from "../cli/run-cli.ts";
import { type Job, type JobResult, readAction, runAction } from "../support/composite-action.ts";
import { GithubServer } from "../support/github-server.ts";
import { SarifLog } from "../support/sarif-schema.ts";

const SHOP = join(ROOT, "test/fixtures/terraform/constructed/shop.json");
const EVENT = join(ROOT, "events/cloudtrail-watcher/002-AuthorizeSecurityGroupIngress.json");

let server: GithubServer;
let workspace = "";
let temp = "";
beforeEach(async () => {
  server = new GithubServer();
  await server.start();
  workspace = await mkdtemp(join(tmpdir(), "portcullis-workspace-"));
  temp = await mkdtemp(join(tmpdir(), "portcullis-runner-"));
});
afterEach(async () => {
  await server.stop();
  for (const folder of [workspace, temp]) await rm(folder, { recursive: true });
});

const PULL_REQUEST = { "event.pull_request.number": "7" };

function act(
  inputs: Readonly<Record<string, string>>,
  { github = {}, env = {} }: Partial<Pick<Job, "github" | "env">> = {},
): Promise<JobResult> {
  return runAction(ROOT, {
    workspace,
    temp,
    inputs,
    github: { token: server.token, ...PULL_REQUEST, ...github },
    env: {
      // The Node of this test: that of the machine may be too old.
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      GITHUB_API_URL: server.url,
      GITHUB_REPOSITORY: "octo/shop",
      GITHUB_SHA: "0123456789012345678901234567890123456789",
      GITHUB_REF: "refs/pull/7/merge",
      RETRY_PAUSE: "0",
      ...env,
    },
  });
}

describe("action.yml", () => {
  test("describes every input and output, and hands nothing to a script but by its environment", async () => {
    const { inputs, outputs, runs } = await readAction(ROOT);
    for (const { description } of [...Object.values(inputs), ...Object.values(outputs)]) expect(description).toMatch(/^[A-Z0-9a-z].{15,}/);
    for (const { run } of runs.steps) expect(run).not.toContain("${{");
    const used = JSON.stringify(runs);
    for (const name of Object.keys(inputs)) expect(used).toContain(`inputs.${name}`);
  });

  test("runs scripts that are there, can be run, and are bash", async () => {
    const { runs } = await readAction(ROOT);
    const scripts = runs.steps.flatMap(({ run }) => /"\$GITHUB_ACTION_PATH\/(.*)"/.exec(run)?.[1] ?? []);
    expect(scripts).toHaveLength(3);
    for (const script of scripts) {
      expect((await stat(join(ROOT, script))).mode & 0o111).toBe(0o111);
      execFileSync("bash", ["-n", join(ROOT, script)]);
    }
  });
});

describe("a review", () => {
  test("fails by what it finds, and leaves comment, summary, SARIF and outputs", async () => {
    const { code, outputs, summary, ran } = await act({ paths: SHOP });
    expect(code).toBe(1);
    expect(ran).toEqual(["Review", "Comment", "Code scanning", "Verdict"]);
    expect(outputs).toMatchObject({ outcome: "failed", findings: "3", sarif: join(workspace, "portcullis.sarif") });
    const text = await readFile(outputs["comment-file"] ?? "", "utf8");
    expect(text.startsWith(`${markerOf()}\n`)).toBe(true);
    expect(summary).toBe(text);
    expect(server.comments.map(({ body }) => body)).toEqual([text]);
    expect(outputs["comment-url"]).toBe(server.comments[0]?.html_url);
    expect(SarifLog.parse(JSON.parse(await readFile(outputs.sarif ?? "", "utf8"))).runs[0].results).toHaveLength(3);
  });

  test("passes where nothing is at or above fail-on", async () => {
    const { code, outputs } = await act({ paths: SHOP, "fail-on": "never" });
    expect({ code, outcome: outputs.outcome, findings: outputs.findings }).toEqual({ code: 0, outcome: "passed", findings: "3" });
  });

  test("takes several paths, one a line, whatever they are called", async () => {
    const odd = "a 'plan' $(touch pwned); \"--mode\" `x`.json";
    await writeFile(join(workspace, odd), await readFile(SHOP));
    await writeFile(join(workspace, "--all"), await readFile(EVENT));
    const { outputs } = await act({ paths: `  ${odd}\n\n--all\n` });
    expect(outputs).toMatchObject({ outcome: "failed", findings: "4" });
    await expect(stat(join(workspace, "pwned"))).rejects.toThrow("ENOENT");
  });

  test("takes parameters of templates, one a line", async () => {
    const template = `Parameters:
  Peer: { Type: String }
  Port: { Type: Number }
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: the web
      SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: !Ref Port, ToPort: !Ref Port, CidrIp: !Ref Peer }]
`;
    await writeFile(join(workspace, "web.yml"), template);
    expect((await act({ paths: "web.yml", parameters: "Peer=10.0.0.0/8\nPort=22" })).outputs).toMatchObject({
      outcome: "passed",
      findings: "0",
    });
    expect((await act({ paths: "web.yml", parameters: "Peer=0.0.0.0/0\n  Port=22\n" })).outputs).toMatchObject({
      outcome: "failed",
      findings: "1",
    });
  });

  test("of several on one pull request, each has its own comment and category", async () => {
    await act({ paths: SHOP, "comment-id": "prod" });
    await act({ paths: EVENT, "comment-id": "dev" });
    await act({ paths: SHOP, "comment-id": "prod", "fail-on": "never" });
    expect(server.comments.map(({ body }) => body.split("\n")[0])).toEqual([markerOf("prod"), markerOf("dev")]);
    const categories = server.uploads.map(({ sarif }) => JSON.stringify(sarif).match(/"automationDetails":{"id":"([^"]*)"}/)?.[1]);
    expect(categories).toEqual(["portcullis-prod/", "portcullis-dev/", "portcullis-prod/"]);
  });

  test("by a policy that is not valid is an error, told in place of an older comment", async () => {
    server.write(`${markerOf()}\n\nnothing forbidden`);
    await writeFile(join(workspace, "portcullis.yml"), "version: 1\nmode: enforced # <!-- ``` -->\n");
    const { code, outputs, summary } = await act({ paths: SHOP });
    expect(code).toBe(2);
    expect(outputs).toMatchObject({ outcome: "error", findings: "", sarif: "" });
    expect(server.comments).toHaveLength(1);
    expect(server.comments[0]?.body).toBe(summary);
    expect(summary).toContain(`${markerOf()}\n\n### ❔ Portcullis could not review this\n\n    portcullis.yml:2:7`);
    expect(server.uploads).toEqual([]);
  });

  test("of nothing is an error", async () => {
    expect(await act({ paths: " \n" })).toMatchObject({ code: 2, outputs: { outcome: "error" } });
  });

  test("prints nothing that GitHub would take for a command", async () => {
    await writeFile(join(workspace, "bad.json"), "::error::boo");
    const { log } = await act({ paths: "bad.json\n::warning::x", comment: "false", "upload-sarif": "false" });
    const [, token = "none"] = /^::stop-commands::(\w+)$/m.exec(log) ?? [];
    const commands = log.split("\n").filter((line) => line.startsWith("::"));
    expect(commands[0]).toBe(`::stop-commands::${token}`);
    expect(commands.at(-1)).toBe(`::${token}::`);
  });
});

describe("the comment", () => {
  test("is updated in place, wherever it stands among hundreds", async () => {
    for (let i = 0; i < 230; i++) server.write(`comment ${i}`, "somebody");
    const ours = server.write(`${markerOf()}\r\n\r\nold`);
    for (let i = 0; i < 30; i++) server.write(`later ${i}`, "somebody");
    await act({ paths: SHOP });
    expect(server.comments).toHaveLength(261);
    expect(ours.body).toContain("3 critical findings");
    expect(server.asked.filter((asked) => asked.startsWith("GET"))).toHaveLength(3);
  });

  test("of somebody else is not touched, though it has the marker", async () => {
    const theirs = server.write(`${markerOf()}\n\nall is well`, "mallory");
    const quoted = server.write(`> ${markerOf()}\n\nI quote`);
    await act({ paths: SHOP });
    expect([theirs.body, quoted.body]).toEqual([`${markerOf()}\n\nall is well`, `> ${markerOf()}\n\nI quote`]);
    expect(server.comments).toHaveLength(3);
  });

  test("that two runs made is one again", async () => {
    const [first] = [server.write(`${markerOf()}\n\na`), server.write(`${markerOf()}\n\nb`)];
    await act({ paths: SHOP });
    expect(server.comments).toEqual([first]);
  });

  test("is not written without a pull request, when it is not wanted, and without a token", async () => {
    expect((await act({ paths: SHOP }, { github: { "event.pull_request.number": "" } })).code).toBe(1);
    expect((await act({ paths: SHOP, comment: "false" })).ran).not.toContain("Comment");
    const { code, summary, log } = await act({ paths: SHOP, "github-token": "" });
    expect({ code, comments: server.comments }).toEqual({ code: 1, comments: [] });
    expect(summary).toContain("3 critical findings");
    expect(log).toContain("::notice title=Portcullis::no token, so no comment");
  });

  test("of a fork is the job summary alone, and the verdict is that of the review", async () => {
    server.readOnly = true;
    const { code, summary, log, outputs } = await act({ paths: SHOP });
    expect(code).toBe(1);
    expect(summary).toContain("3 critical findings");
    expect(log).toContain("Resource not accessible by integration");
    expect(outputs["comment-url"]).toBe("");
    expect(server.asked.filter((asked) => asked.startsWith("POST"))).toHaveLength(2);
    expect((await act({ paths: SHOP, "fail-on": "never" })).code).toBe(0);
  });

  test.each([
    [
      "5xx",
      [
        { method: "GET", status: 502 },
        { method: "POST", status: 503 },
      ],
    ],
    [
      "a rate limit",
      [
        { method: "POST", status: 403, headers: { "x-ratelimit-remaining": "0" } },
        { method: "GET", status: 429, headers: { "retry-after": "0" } },
      ],
    ],
  ])("is tried again after %s", async (_, failures) => {
    server.failures.push(...failures);
    await act({ paths: SHOP });
    expect(server.comments).toHaveLength(1);
  });

  test("is written once, though the call that wrote it seemed to fail", async () => {
    server.failures.push({ method: "POST", status: 504, afterwards: true });
    const { outputs } = await act({ paths: SHOP, "upload-sarif": "false" });
    expect(server.comments).toHaveLength(1);
    expect(outputs["comment-url"]).toBe(server.comments[0]?.html_url);
  });

  test("that was deleted meanwhile is written anew", async () => {
    server.write(`${markerOf()}\n\nold`);
    server.failures.push({ method: "PATCH", status: 404 });
    await act({ paths: SHOP });
    expect(server.comments).toHaveLength(1);
    expect(server.comments[0]?.body).toContain("3 critical findings");
  });

  test("that GitHub keeps refusing is told, and the verdict is that of the review", async () => {
    server.failures.push(...Array.from({ length: 5 }, () => ({ method: "GET", status: 500, message: "oh\n::error::no" })));
    const { code, log } = await act({ paths: SHOP, "fail-on": "never" });
    expect(code).toBe(0);
    expect(log).toContain("::warning title=Portcullis::no comment: the job summary has the review. GitHub answered 500: oh ::error::no");
  });

  test("keeps the token out of what other processes see", async () => {
    const script = await readFile(join(ROOT, "action/github.sh"), "utf8");
    expect(script.match(/\$\{?TOKEN/g)).toHaveLength(1);
    expect(script).toContain("--config -");
  });
});

describe("code scanning", () => {
  test("gets what is open, for the commit and ref of the run", async () => {
    await writeFile(
      join(workspace, "portcullis.yml"),
      `version: 1
exceptions:
  - id: shop
    rule: no-public-ingress
    when: { accounts: ["111122223333"] }
    allow: [{ protocol: tcp, ports: "8443" }]
    until: 2099-01-01
    reason: a test
    approved_by: nobody
`,
    );
    const { outputs } = await act({ paths: SHOP });
    expect(server.uploads).toMatchObject([{ sha: "0123456789012345678901234567890123456789", ref: "refs/pull/7/merge" }]);
    const all = SarifLog.parse(JSON.parse(await readFile(outputs.sarif ?? "", "utf8"))).runs[0].results;
    const sent = SarifLog.parse(server.uploads[0]?.sarif).runs[0].results;
    expect(all.some(({ suppressions }) => suppressions.length > 0)).toBe(true);
    expect(sent).toEqual(all.filter(({ suppressions }) => suppressions.length === 0));
    expect(outputs.findings).toBe(String(sent.length));
  });

  test("that the repository has not, or the token may not, is no failure", async () => {
    server.failures.push({ method: "POST", status: 403, message: "Advanced Security must be enabled" });
    const { code, log } = await act({ paths: SHOP, comment: "false", "fail-on": "never" });
    expect(code).toBe(0);
    expect(log).toContain("Advanced Security must be enabled");
  });

  test("is left alone when it is not wanted", async () => {
    await act({ paths: SHOP, "upload-sarif": "false" });
    expect(server.uploads).toEqual([]);
  });
});
