import { cpSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { EXAMPLE, exampleInputs } from "../../scripts/example-review.ts";
import { ROOT } from "../cli/run-cli.ts";
import { type JobResult, readAction, runAction } from "../support/composite-action.ts";
import { GithubServer } from "../support/github-server.ts";
import { SarifLog } from "../support/sarif-schema.ts";

const server = new GithubServer();
let folder = "";
let job: JobResult;
const committed = (name: string) => readFile(join(EXAMPLE, name), "utf8");

// The example is a part of a repository, so that it shows what the working directory is for.
beforeAll(async () => {
  await server.start();
  folder = await mkdtemp(join(tmpdir(), "portcullis-example-"));
  cpSync(EXAMPLE, join(folder, "repository", "infra", "shop one"), { recursive: true });
  job = await runAction(ROOT, {
    workspace: join(folder, "repository"),
    temp: folder,
    inputs: { ...exampleInputs(), "working-directory": "./infra/shop one/" },
    github: { token: server.token, "event.pull_request.number": "7" },
    env: {
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      GITHUB_API_URL: server.url,
      GITHUB_REPOSITORY: "octo/shop",
      GITHUB_SHA: "0".repeat(40),
      GITHUB_REF: "refs/pull/7/merge",
    },
  });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

test("the comment and the SARIF file of the example are what the Action makes now, to the byte", async () => {
  expect(await readFile(job.outputs["comment-file"] ?? "", "utf8")).toBe(await committed("comment.md"));
  expect(await readFile(job.outputs.sarif ?? "", "utf8")).toBe(await committed("review.sarif"));
  expect(server.comments.map(({ body }) => body)).toEqual([await committed("comment.md")]);
});

test("the review of the example fails, and says in which file and line the way in is", async () => {
  expect(job).toMatchObject({ code: 1, outputs: { outcome: "failed", findings: "2" } });
  const comment = await committed("comment.md");
  expect(comment).toContain("`aws_security_group.bastion` in `bastion.tf:1`");
  expect(comment).toContain("Instead, from the policy's network office");
});

test("code scanning gets files as they are seen from the root of the repository", () => {
  const { results } = SarifLog.parse(server.uploads[0]?.sarif).runs[0];
  const files = results.flatMap(({ locations }) => locations.map(({ physicalLocation }) => physicalLocation?.artifactLocation.uri));
  expect(files).toEqual(["infra/shop%20one/bastion.tf", "infra/shop%20one/bastion.tf"]);
});

describe("the workflow of the example", () => {
  test("gives the Action inputs that it has, and what it needs to be permitted", async () => {
    const { inputs } = await readAction(ROOT);
    for (const name of Object.keys(exampleInputs())) expect(Object.keys(inputs)).toContain(name);
    const { permissions } = parse(await committed(".github/workflows/network-review.yml"));
    expect(permissions).toMatchObject({ contents: "read", "pull-requests": "write", "security-events": "write" });
  });

  test("pins the actions of others by the full SHA of a commit", async () => {
    const text = await committed(".github/workflows/network-review.yml");
    const uses = [...text.matchAll(/uses: (\S+)/g)].map(([, action = ""]) => action).filter((action) => !action.includes("/portcullis@"));
    expect(uses).toHaveLength(3);
    for (const action of uses) expect(action).toMatch(/@[0-9a-f]{40}$/);
  });
});

test("the plan of the example is of its configuration", async () => {
  const plan = JSON.parse(await committed("plan.json"));
  const declared = (await Promise.all(["main.tf", "web.tf", "bastion.tf"].map(committed)))
    .flatMap((text) => [...text.matchAll(/^resource "(\w+)" "(\w+)"/gm)])
    .map(([, type, name]) => `${type}.${name}`);
  const addresses = plan.resource_changes.map(({ address }: { address: string }) => address);
  expect(addresses.sort()).toEqual(declared.sort());
});
