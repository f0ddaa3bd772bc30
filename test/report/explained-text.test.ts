import { describe, expect, test } from "@jest/globals";
import { TrafficSet } from "../../lib/model/traffic.ts";
import { parsePolicy } from "../../lib/policy/load.ts";
import type { ExplainedReport } from "../../lib/report/explained-report.ts";
import { explainedText } from "../../lib/report/explained-text.ts";
import { type Explaining, explaining, HOME } from "../support/explained.ts";

async function told(given: Explaining, more: Partial<ExplainedReport> = {}): Promise<string> {
  const report: ExplainedReport = {
    explained: await explaining(given),
    policy: parsePolicy(`version: 1\n${typeof given.policy === "string" ? given.policy : ""}`, "portcullis.yml"),
    ...HOME,
    policyFrom: "portcullis.yml",
    seen: "as it stands",
    remarks: [],
    open: [],
    knownInPart: new Set(given.group?.partial ? ["ingress", "egress"] : []),
    ...more,
  };
  return explainedText(report, 100, (_, text) => text);
}

const UNUSED_DEFAULT: Explaining = {
  rules: ["all from sg-0abc"],
  group: { name: "default" },
  policy: "rules: { no-open-default-group: { remedy: revoke } }",
};

describe("the text of an explanation", () => {
  test("of a group without rules says that it admits and sends nothing", async () => {
    const text = await told({ rules: [] });
    expect(text).toContain("\nAdmits nothing\n\nSends nothing\n");
    expect(text).not.toContain("Why");
  });
  test("of a part of a group calls nothing whole", async () => {
    const text = await told({ rules: [], group: { partial: true } });
    expect(text).toContain("Known in part");
    expect(text).toContain("Admits nothing that is known");
  });
  test("where no edit would do says why", async () => {
    const network = { "network-interface": [{ id: "eni-1", groups: ["sg-0abc"], addresses: [] }] };
    const text = await told({ ...UNUSED_DEFAULT, network });
    expect(text).toMatch(
      /No edit of its rules remedies this, or it would do harm: all from sg-0abc stands in the default\s+group of vpc-1/,
    );
    expect(text.endsWith("own first\n")).toBe(true);
    expect(text).not.toContain("Everything else");
    expect(text).not.toContain("aws ec2");
  });
  test("revokes whole what can only be revoked", async () => {
    const text = await told(UNUSED_DEFAULT);
    expect(text).toMatch(/all +sg-0abc \(default\) +sgr-1 +forbidden \[1\]/);
    expect(text).toMatch(/- revoke +sgr-1 +all from sg-0abc/);
  });
  test("says what an edit takes besides", async () => {
    const explained = await explaining({ rules: ["tcp 22 from 0.0.0.0/0"] });
    const text = await told({ rules: [] }, { explained: { ...explained, cost: [TrafficSet.parse("tcp 23 from 10.0.0.0/8")] } });
    expect(text).toContain("It takes more than is forbidden, as such rules can only be revoked: tcp 23 from 10.0.0.0/8");
  });
  test("of many rules names three, and how many more", async () => {
    const rules = Array.from({ length: 16 }, (_, i) => `tcp 22 from ${i * 16}.0.0.0/4`);
    expect(await told({ rules })).toMatch(/sgr-1 [\s\S]*sgr-3\n +and 11 more\n/);
  });
  test("what is open until it is applied is not judged, and said", async () => {
    const text = await told({ rules: [] }, { open: ["ingress[0].cidr_blocks, known after apply"], declared: "aws_security_group.web" });
    expect(text).toContain("Not judged: ingress[0].cidr_blocks, known after apply");
  });
  test("is inert on a terminal, whatever names and descriptions hold", async () => {
    const hostile = "a\u001b[2Jb\u0007\r\nc";
    const text = await told({
      rules: [
        "tcp 22 from pl-1",
        {
          direction: "ingress",
          protocol: "tcp",
          fromPort: 22,
          toPort: 443,
          peer: { kind: "cidr", cidr: "0.0.0.0/0" },
          description: hostile,
        },
      ],
      group: { name: hostile, tags: { [hostile]: hostile } },
      network: { "prefix-list": [{ id: "pl-1", name: hostile, cidrs: ["10.0.0.0/8"] }] },
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    expect(text.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f]/);
  });
});
