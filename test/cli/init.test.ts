import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { parsePolicy } from "../../lib/policy/load.ts";
import { runInTerminal } from "../support/terminal.ts";
import { ROOT, runCli } from "./run-cli.ts";

const EVENTS = join(ROOT, "events");
const PLAN = join(ROOT, "test/fixtures/terraform/constructed/shop.json");

const folders: string[] = [];
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "portcullis-init-"));
  folders.push(folder);
});
afterAll(() => Promise.all(folders.map((one) => rm(one, { recursive: true }))));

const init = (...args: readonly string[]) => runCli(["init", ...args], { cwd: folder });
const written = (name = "portcullis.yml") => readFile(join(folder, name), "utf8");
const documentOf = async () => parsePolicy(await written(), "portcullis.yml").document;

describe("without a terminal", () => {
  test("takes the defaults, which are those of the policy that comes with Portcullis, and says so", async () => {
    const { code, out, err } = await init();
    expect({ code, err }).toEqual({ code: 0, err: "portcullis: no terminal to ask at, so options and defaults are taken\n" });
    expect(out).toContain("portcullis review AWSLogs --policy portcullis.yml");
    expect(await documentOf()).toEqual(parsePolicy(await readFile(join(ROOT, "portcullis.yml"), "utf8"), "portcullis.yml").document);
    expect((await written()).startsWith("# yaml-language-server: $schema=./portcullis.schema.json\n")).toBe(true);
  });

  test("takes options", async () => {
    const options = ["--office", "198.51.100.0/24, 2001:db8:42::/48", "--open", "tcp 443, icmp 8", "--channel", "net-guard"];
    expect((await init(...options)).code).toBe(0);
    expect(await documentOf()).toMatchObject({
      networks: { office: ["198.51.100.0/24", "2001:db8:42::/48"] },
      rules: {
        "no-public-ingress": {
          allow: [
            { protocol: "icmp", ports: "8" },
            { protocol: "tcp", ports: "443" },
            { protocol: "icmp", ports: "3/4" },
            { protocol: "icmpv6", ports: "2" },
            { protocol: "tcp", ports: "22", from: ["office"] },
          ],
        },
      },
      slack: { channel: "#net-guard" },
    });
  });

  test.each([
    [["--open", "tcp 20-25"], "tcp 22-23 is administration"],
    [["--open", "http"], '"http" is not a protocol'],
    [["--office", "0.0.0.0/0"], "a great part of the internet"],
    [["--office", "headquarters"], "headquarters"],
    [["--channel", "#Net Guard"], "no name of a channel"],
    [["--output", "no/such/folder.yml"], "expected a file in a folder that exists"],
    [["--from", "nowhere"], "nowhere"],
    [["--from", join(ROOT, "README.md")], "nothing in"],
  ])("%j is refused, and nothing is written", async (args, message) => {
    const { code, err } = await init(...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("a file that exists", () => {
  test("is left alone", async () => {
    await writeFile(join(folder, "portcullis.yml"), "mine\n");
    const { code, err } = await init();
    expect(code).toBe(2);
    expect(err).toContain("portcullis.yml exists: expected another --output, or --force to overwrite it");
    expect(await written()).toBe("mine\n");
  });

  test("is overwritten with --force, and nothing stays beside it", async () => {
    await writeFile(join(folder, "portcullis.yml"), "mine\n");
    expect((await init("--force")).code).toBe(0);
    expect((await documentOf()).mode).toBe("dry-run");
    expect(await readdir(folder)).toEqual(["portcullis.yml"]);
  });
});

describe("from recorded events", () => {
  test("proposes the same each time, and the policy can be used at once", async () => {
    const { code, out } = await init("--from", EVENTS);
    expect(code).toBe(0);
    expect(out).toContain(`portcullis review ${EVENTS} --policy portcullis.yml`);
    await init("--from", EVENTS, "--force");
    const once = await written();
    await init("--from", EVENTS, "--output", "again.yml");
    expect((await written("again.yml")).replaceAll("again.yml", "portcullis.yml")).toBe(once);
    expect(once).toContain("WARNING, this holds administration ports");
    const review = await runCli(["review", EVENTS, "--policy", "portcullis.yml", "--format", "json", "--fail-on", "never"], {
      cwd: folder,
    });
    expect(review.code).toBe(0);
    const found = JSON.stringify(JSON.parse(review.out).decisions);
    expect(found).toContain("tcp 22 from 0.0.0.0/0");
  });

  test("reads standard input, never asks, and leaves plans out", async () => {
    const record = await readFile(join(EVENTS, "cloudtrail-watcher", "002-AuthorizeSecurityGroupIngress.json"));
    const { code, err } = await runCli(["init", "--from", "-", PLAN], { cwd: folder, stdin: record });
    expect({ code, err }).toEqual({ code: 0, err: "portcullis: 1 file is a plan, no history: left out\n" });
    expect(await written()).toContain('# - { protocol: tcp, ports: "22" }');
  });
});

test("from nothing but plans proposes nothing, and says why", async () => {
  const { code, err } = await runCli(["init", "--from", PLAN, "--output", "planned.yml"], { cwd: folder });
  expect(code).toBe(2);
  expect(err).toContain("but plans, which are no history: expected CloudTrail records");
  await expect(written("planned.yml")).rejects.toThrow("ENOENT");
});

describe("at a terminal", () => {
  const CLI = [process.execPath, join(ROOT, "cli/portcullis.ts"), "init"];
  const OFFICE = "offices and VPNs, between commas (Enter: none yet): ";
  const OPEN = "[tcp 80, 443, udp 443]: ";
  const CHANNEL = "(Enter: none yet): ";

  test("asks, says what is wrong with an answer, and asks again", async () => {
    const { code, screen } = await runInTerminal(
      CLI,
      [
        { at: OFFICE, keys: "0.0.0.0/0\r" },
        { at: OFFICE, keys: "198.51.100.0/24\r" },
        { at: OPEN, keys: "\r" },
        { at: CHANNEL, keys: "#net-guard\r" },
      ],
      folder,
    );
    expect(code).toBe(0);
    expect(screen).toContain("a great part of the internet");
    expect(await documentOf()).toMatchObject({ networks: { office: ["198.51.100.0/24"] }, slack: { channel: "#net-guard" } });
  });

  test("asks only for what no option says", async () => {
    const { code, screen } = await runInTerminal([...CLI, "--office", "", "--channel", ""], [{ at: OPEN, keys: "tcp 443\r" }], folder);
    expect(code).toBe(0);
    expect(screen).not.toContain(OFFICE);
  });

  test("the end of input takes the defaults for the rest, and an interruption writes nothing", async () => {
    expect((await runInTerminal(CLI, [{ at: OFFICE, keys: "\u0004" }], folder)).code).toBe(0);
    expect((await documentOf()).networks).toEqual({});
    await rm(join(folder, "portcullis.yml"));
    expect((await runInTerminal(CLI, [{ at: OFFICE, keys: "\u0003" }], folder)).code).toBe(130);
    expect(await readdir(folder)).toEqual([]);
  });
});
