import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { parse } from "yaml";
import * as z from "zod/mini";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { commandsOf, withValues } from "../support/guide.ts";
import { type GuidedOrganization, startGuidedOrganization } from "../support/guided-organization.ts";
import { until } from "../support/until.ts";

const ROOT = join(import.meta.dirname, "../..");
const GUIDE = commandsOf(readFileSync(join(ROOT, "docs/deploy.md"), "utf8"));
const HOME = "eu-west-1";
// Deployments and removals on a busy machine.
const PATIENCE_MS = 180_000;
const REGIONS = [HOME, "us-east-1"];

const Parameters = z.record(
  z.string(),
  z.object({ AllowedPattern: z.optional(z.string()), AllowedValues: z.optional(z.array(z.string())) }),
);
const { Parameters: PARAMETERS } = z.looseObject({ Parameters }).parse(parse(readFileSync(join(ROOT, "stacks/member.yml"), "utf8")));

// One test for each section of the guide, in its order: each stands on what those before have made.
describeOnEmulators("docs/deploy.md, followed to the letter", () => {
  let organization: GuidedOrganization;
  let left: (typeof GUIDE)[number][];
  let broken = false;

  beforeAll(async () => {
    organization = await startGuidedOrganization(HOME);
    await organization.makeTrail("logs-of-the-organization");
    left = [...GUIDE];
  }, START_TIMEOUT_MS);
  afterAll(() => organization?.stop());

  /** Runs the next block, which must be of this section, with other values in it. */
  async function next(section: string, values: Readonly<Record<string, string>> = {}): Promise<string> {
    if (broken) throw new Error("a block before this one has failed");
    const block = left.shift();
    expect(block?.section).toBe(section);
    try {
      return await organization.follow(withValues(block?.script ?? "", values));
    } catch (error) {
      broken = true;
      throw new Error(`docs/deploy.md:${block?.line}: ${error}`);
    }
  }

  /** The inline policies of the role that the hub takes on: `change` lets it change something. */
  async function memberPolicies(account: string): Promise<unknown> {
    const listed = await organization.cli.call(account, HOME, "iam", "list-role-policies", "--role-name", "portcullis-member");
    return z
      .object({ PolicyNames: z.array(z.string()) })
      .parse(listed)
      .PolicyNames.sort();
  }

  test("the hub's account administers StackSets, and CloudTrail is known to log", async () => {
    const section = "Before you begin";
    const { hub, units } = organization;
    const values = { HUB_ACCOUNT: hub, SANDBOX_OU: units.sandbox, OTHER_OUS: `${units.security} ${units.production}` };
    await next(section, { ...values, HOME_REGION: HOME, REGIONS: REGIONS.join(" ") });
    await next(section);
    expect(organization.front.called).toContain("ActivateOrganizationsAccess");
    const administrators = await organization.cli.call(organization.management, HOME, "organizations", "list-delegated-administrators");
    expect(administrators).toMatchObject({ DelegatedAdministrators: [{ Id: hub }] });
    expect(await next(section)).toMatch(/^true\n(.*\n)*.*"ReadWriteType": "WriteOnly"/);
    expect(await next(section)).toBe(`${hub}\n`);
  });

  test("the policy names the organization", async () => {
    expect(await next("1. The policy")).toContain("no-public-ingress");
  });

  test("history is reviewed", async () => {
    expect(await next("2. Check it against history")).toContain("tcp 22 from 0.0.0.0/0");
  });

  test(
    "the hub is deployed by osls, and has a bus for its members",
    async () => {
      expect(await next("3. The hub")).toContain("Service deployed to stack portcullis-prod");
      expect(await next("4. Where members report to")).toBe(
        `arn:aws:events:${HOME}:${organization.hub}:event-bus/portcullis-prod-changes\n`,
      );
    },
    PATIENCE_MS,
  );

  test("every account has the member stack in every region, with all of its parameters, and can be read only", async () => {
    const section = "5. The members";
    await next(section);
    await next(section);
    expect(new Set((await organization.instances()).map(({ account }) => account))).toEqual(new Set([organization.accounts.sandbox]));
    await next(section);
    const instances = await organization.instances();
    const { sandbox, production } = organization.accounts;
    const places = [organization.hub, sandbox, production].flatMap((account) => REGIONS.map((region) => `${account} ${region}`));
    expect(instances.map(({ account, region }) => `${account} ${region}`).sort()).toEqual(places.sort());
    for (const { parameters } of instances) {
      expect(Object.keys(parameters).sort()).toEqual(Object.keys(PARAMETERS).sort());
      for (const [name, { AllowedPattern = "", AllowedValues: values = [parameters[name]] }] of Object.entries(PARAMETERS)) {
        expect(parameters[name]).toMatch(new RegExp(AllowedPattern));
        expect(values).toContain(parameters[name]);
      }
    }
    expect(await memberPolicies(sandbox)).toEqual(["read"]);
  });

  test("the first sweep goes through all accounts, and tells of what is open without closing it", async () => {
    const { sandbox, production } = organization.accounts;
    for (const account of [sandbox, production]) await organization.openPort(account);
    await next("6. The first sweep");
    expect(await organization.settled()).toBe(0);
    const said = await next("6. The first sweep");
    expect(said).toMatch(/"message":"Asked for sweeps"[^\n]*"accounts":4/);
    expect(said).toMatch(new RegExp(`"message":"Swept"[^\\n]*"account":"${sandbox}"[^\\n]*"told":1`));
    expect(said).not.toMatch(/"level":"(WARN|ERROR)"/);
    expect([await organization.openRules(sandbox), await organization.openRules(production)]).toEqual([1, 1]);
  });

  test(
    "the sandbox is enforced, role first and policy second: what is opened there is closed, and nothing elsewhere",
    async () => {
      const section = "8. Enforce";
      const { sandbox, production } = organization.accounts;
      await next(section);
      const enforced = (await organization.instances()).filter(({ parameters }) => parameters.Mode === "enforce");
      expect(enforced).toEqual([expect.objectContaining({ account: sandbox, region: HOME })]);
      expect(await memberPolicies(sandbox)).toEqual(["change", "read"]);
      expect(await memberPolicies(production)).toEqual(["read"]);
      await next(section);
      await organization.report(sandbox, await organization.openPort(sandbox));
      await organization.report(production, await organization.openPort(production));
      await until("the port was not closed", organization.log, async () =>
        (await organization.openRules(sandbox)) === 1 ? true : undefined,
      );
      expect(await organization.settled()).toBe(0);
      expect(await organization.openRules(production)).toBe(2);
      await next(section);
      expect(new Set((await organization.instances()).map(({ parameters }) => parameters.Mode))).toEqual(new Set(["enforce"]));
      expect(await memberPolicies(production)).toEqual(["change", "read"]);
    },
    PATIENCE_MS,
  );

  test(
    "a policy that asks for another remedy brings another template to the members",
    async () => {
      const section = "9. Update";
      const before = new Set((await organization.instances()).map(({ template }) => template));
      await organization.editPolicy("\nrules:\n", "\nrules:\n  no-public-main-table: { remedy: delete }\n");
      const checked = await organization.follow("npm run --silent check:generated || true");
      expect(checked).toContain("stacks/member.yml");
      await next(section);
      const after = new Set((await organization.instances()).map(({ template }) => template));
      expect(after).not.toEqual(before);
      const [template = ""] = after;
      expect(template).toContain("ec2:DeleteRoute");
      const [instance] = await organization.instances();
      await next(section);
      expect(await organization.follow('echo "$EXTERNAL_ID"')).toBe(`${instance?.parameters.ExternalId}\n`);
    },
    PATIENCE_MS,
  );

  test("the management account has the stack by hand", async () => {
    await next("10. Accounts and regions apart");
    expect(await memberPolicies(organization.management)).toEqual(["change", "read"]);
  });

  test(
    "removed, nothing is left but the ledger, which is removed on purpose",
    async () => {
      const section = "11. Remove everything";
      await next(section);
      expect(await organization.instances()).toEqual([]);
      await next(section);
      const { management, hub, accounts } = organization;
      const list = (account: string, ...args: readonly string[]) => organization.cli.call(account, HOME, ...args);
      for (const account of [management, hub, accounts.sandbox]) {
        expect(await list(account, "cloudformation", "describe-stacks", "--query", "Stacks[].StackName")).toEqual([]);
        expect(await list(account, "iam", "list-roles", "--query", "Roles[].RoleName")).toEqual([]);
        expect(await list(account, "events", "list-rules", "--query", "Rules[].Name")).toEqual([]);
      }
      expect(await list(hub, "lambda", "list-functions", "--query", "Functions[].FunctionName")).toEqual([]);
      expect(await list(hub, "s3api", "list-buckets", "--query", "Buckets[].Name")).toEqual([]);
      expect(await list(hub, "logs", "describe-log-groups", "--query", "logGroups[].logGroupName")).toEqual([]);
      const tables = () => list(hub, "dynamodb", "list-tables", "--query", "TableNames");
      expect(await tables()).toEqual([expect.stringContaining("Ledger")]);
      await next(section);
      expect(await tables()).toEqual([]);
      expect(left).toEqual([]);
    },
    PATIENCE_MS,
  );
});
