import { describe, expect, test } from "@jest/globals";
import { decodeDecision, encodeDecision } from "../../lib/guard/records/decision-record.ts";
import type { Decision } from "../../lib/model/decision.ts";
import { narrowRules, revokeRules } from "../../lib/model/remedy.ts";
import { type Extras, messageFor } from "../../lib/slack/message.ts";
import { change, decision, finding, rule } from "../support/decisions.ts";
import { refuseBlocks } from "../support/slack-limits.ts";
import { readMessage } from "./read-message.ts";

const GROUP = "sg-0a1b2c3d4e5f60718";

/** The headline, and everything a reader sees, as one text. */
function read(given: Decision, extras: Extras = {}): { title: string; all: string } {
  const lines = readMessage(messageFor(given, extras));
  return { title: lines[0] ?? "", all: lines.join("\n") };
}

/** The list under a heading. */
function under(heading: string, all: string): string[] {
  const lines = all.split("\n");
  const start = lines.indexOf(`*${heading}*`) + 1;
  if (start === 0) return [];
  const end = lines.findIndex((line, i) => i >= start && !line.startsWith("•"));
  return lines.slice(start, end === -1 ? undefined : end);
}

describe("a closed port", () => {
  const { title, all } = read(decision());

  test("is told in the headline, in the notation", () => expect(title).toBe("🔒 Closed: tcp 22 from 0.0.0.0/0 on bastion"));
  test("with its severity", () => expect(all).toContain("🔴 *critical*"));
  test("with who did it and with what", () => expect(all).toContain("*lena* made this change with *Terraform 1.13.5*."));
  test("with how soon it was closed and how long it was open", () =>
    expect(all).toContain("*within 184 ms* of hearing of it; it was open for about 3.4 s."));
  test("with the closed rule and its description", () =>
    expect(under("Closed", all)).toEqual(["• `tcp 22 from 0.0.0.0/0`  “temporary, for the vendor”"]));
  test("with the place, and the console a click away", () => {
    expect(all).toContain(
      `<https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#SecurityGroup:groupId=${GROUP}|bastion>\n\`${GROUP}\``,
    );
    expect(all).toContain("payments-prod\n`111122223333`");
    expect(all).toContain("`vpc-0f1e2d3c4b5a69788`\nin `eu-west-1`");
  });
  test("with why: the rule's title and rationale", () => {
    expect(all).toContain("Only the services that the policy allows are open to the internet (`no-public-ingress`).");
    expect(all).toContain("Scanners find an open port within minutes");
  });
  test("with what to do: the code would open it again", () =>
    expect(all).toContain("Change the code as well, or *Terraform* will open it again."));
  test("with the decision and the version of the policy", () => {
    expect(all).toContain(`Decision \`9d1d9a1c-3f4b-4b58-a1c1-6a7d2a1c7d11/${GROUP}\``);
    expect(all).toContain("policy `3f9c01d2ab47`");
  });
  test("is one line in a notification", () =>
    expect(messageFor(decision()).text).toBe("🔒 Closed: tcp 22 from 0.0.0.0/0 on bastion in payments-prod, eu-west-1"));
  test("does not say twice what is forbidden", () => expect(all).not.toContain("*Forbidden*"));
});

describe("outcomes", () => {
  const opened = rule("tcp 22 from 0.0.0.0/0");
  const revoke = revokeRules(GROUP, [opened]);
  const CASES: Record<string, [given: Decision, title: RegExp, says: RegExp[], silent?: RegExp[]]> = {
    "dry run": [
      decision({ mode: "dry-run", outcome: "would-act", acts: [{ remedy: revoke, result: "would" }], latency: { eventAge: 900 } }),
      /^🧪 Dry run: would close tcp 22/,
      [/dry run, nothing is changed/, /in enforce mode it would close this at once/, /\*Would close\*/],
      [/Closed/, /was open for/, /will open it again/],
    ],
    "dry run that EC2 would refuse": [
      decision({ mode: "dry-run", outcome: "failed", acts: [{ remedy: revoke, result: "denied", error: "UnauthorizedOperation: no" }] }),
      /^🧪 Dry run: could not close tcp 22/,
      [
        /in enforce mode EC2 would refuse/,
        /\*Could not be closed\*\n• `tcp 22 from 0\.0\.0\.0\/0`: `UnauthorizedOperation: no`/,
        /before turning enforcement on/,
      ],
      [/Please look at it now/],
    ],
    "alert only": [
      decision({ outcome: "alert", acts: [] }),
      /^⚠️ Found: tcp 22 from 0\.0\.0\.0\/0/,
      [/changed nothing: the policy asks only to be told/, /\*Forbidden\*\n• `tcp 22 from 0\.0\.0\.0\/0`/],
      [/losed/],
    ],
    failed: [
      decision({
        outcome: "failed",
        acts: [{ remedy: revoke, result: "denied", error: "You are not authorized to perform this operation." }],
      }),
      /^🚨 Still open: tcp 22/,
      [
        /could not close all of it\. Please look at it now/,
        /\*Not closed\*\n• `tcp 22 from 0\.0\.0\.0\/0`: `You are not authorized/,
        /Close it by hand/,
      ],
      [/\*Closed\*/, /Portcullis closed/],
    ],
    "failed in part": [
      decision({
        outcome: "failed",
        findings: [finding("tcp 22 from 0.0.0.0/0"), finding("tcp 3389 from ::/0")],
        acts: [
          { remedy: revoke, result: "done" },
          { remedy: revokeRules(GROUP, [rule("tcp 3389 from ::/0")]), result: "failed", error: "InternalError" },
        ],
      }),
      /^🚨 Still open: tcp 22 from 0\.0\.0\.0\/0 and 1 more/,
      [/\*Closed\*\n• `tcp 22 from 0\.0\.0\.0\/0`/, /\*Not closed\*\n• `tcp 3389 from ::\/0`: `InternalError`/],
    ],
    contested: [
      decision({ outcome: "contested" }),
      /^🔁 Closed again: tcp 22/,
      [/had been closed and came back, so Portcullis closed it again\./, /\*Terraform\* will open it again/],
    ],
    "closed already": [
      decision({ acts: [{ remedy: revoke, result: "already" }] }),
      /^🔒 Closed:/,
      [/was closed already when Portcullis looked/, /\*Closed already when Portcullis looked\*\n• `tcp 22/],
      [/\*Closed\*/, /\*within/],
    ],
    excepted: [
      decision({
        outcome: "excepted",
        findings: [],
        acts: [],
        excepted: [{ finding: finding("tcp 22 from 192.0.2.0/24"), exception: "partner-sftp" }],
      }),
      /^🎫 Allowed by an exception: tcp 22 from 192\.0\.2\.0\/24/,
      [/stays open: an exception of the policy allows it, `partner-sftp`\./],
      [/What you can do/],
    ],
    "a finding, and another that an exception admits": [
      decision({ excepted: [{ finding: finding("udp 53 from 0.0.0.0/0"), exception: "resolver" }] }),
      /^🔒 Closed: tcp 22/,
      [/\*Left open by an exception\*\n• `udp 53 from 0\.0\.0\.0\/0` by `resolver`/],
    ],
    clean: [
      decision({ outcome: "clean", findings: [], acts: [] }),
      /^✅ Nothing forbidden on bastion$/,
      [/Nothing in it is forbidden/],
      [/\*Why\*/],
    ],
  };
  for (const [name, [given, title, says, silent = []]] of Object.entries(CASES)) {
    test(name, () => {
      const message = read(given);
      expect(message.title).toMatch(title);
      for (const pattern of says) expect(message.all).toMatch(pattern);
      for (const pattern of silent) expect(message.all).not.toMatch(pattern);
      expect(refuseBlocks(messageFor(given).blocks)).toBeUndefined();
    });
  }
});

describe("lawful traffic", () => {
  test("that went with a rule is named", () => {
    const wide = rule("tcp 443-8443 from 0.0.0.0/0");
    const given = decision({
      findings: [finding("tcp 444-8443 from 0.0.0.0/0", { rules: [wide] })],
      acts: [{ remedy: revokeRules(GROUP, [wide]), result: "done" }],
    });
    expect(under("Allowed, but went with it: EC2 removes whole rules", read(given).all)).toEqual(["• `tcp 443 from 0.0.0.0/0`"]);
  });

  test("that narrowing keeps is named, and none went", () => {
    const wide = rule("tcp 443-8443 from 0.0.0.0/0");
    const remedy = narrowRules(GROUP, [wide], [rule("tcp 443 from 0.0.0.0/0")]);
    const given = decision({ findings: [finding("tcp 444-8443 from 0.0.0.0/0", { rules: [wide] })], acts: [{ remedy, result: "done" }] });
    const { all } = read(given);
    expect(under("Stays open", all)).toEqual(["• `tcp 443 from 0.0.0.0/0`"]);
    expect(all).toContain("closed what is forbidden and left the rest open");
    expect(all).not.toContain("went with it");
  });

  test("is not claimed to be gone when EC2 refused", () => {
    const wide = rule("tcp 443-8443 from 0.0.0.0/0");
    const given = decision({
      outcome: "failed",
      findings: [finding("tcp 444-8443 from 0.0.0.0/0", { rules: [wide] })],
      acts: [{ remedy: revokeRules(GROUP, [wide]), result: "failed", error: "no" }],
    });
    expect(read(given).all).not.toContain("went with it");
  });

  test("is not guessed at for a prefix list", () => {
    const listedRule = rule("tcp 22 from pl-0123");
    const given = decision({
      findings: [finding("tcp 22 from 0.0.0.0/0", { rules: [listedRule] })],
      acts: [{ remedy: revokeRules(GROUP, [listedRule]), result: "done" }],
    });
    const { all } = read(given);
    expect(all).toContain("*Forbidden*\n• `tcp 22 from 0.0.0.0/0`");
    expect(under("Closed", all)).toEqual(["• `tcp 22 from pl-0123`"]);
    expect(all).not.toContain("went with it");
  });
});

describe("egress", () => {
  const everything = rule("all to 0.0.0.0/0", "as EC2 made it");
  const outward = (overrides: Partial<Decision> = {}) =>
    decision({
      findings: [finding("all to 0.0.0.0/0", { rule: "no-unrestricted-egress", message: "everything may go out", rules: [everything] })],
      acts: [{ remedy: revokeRules(GROUP, [everything]), result: "done" }],
      ...overrides,
    });

  test("is told in the direction in which it goes, in the headline and in every list", () => {
    const { title, all } = read(outward());
    expect(title).toBe("🔒 Closed: all to 0.0.0.0/0 on bastion");
    expect(under("Closed", all)).toEqual(["• `all to 0.0.0.0/0`  “as EC2 made it”"]);
    expect(all).toContain("open it only to the addresses that it is meant for, or ask here");
    expect(all).not.toMatch(/ from 0\.0\.0\.0|Forbidden|went with it/);
  });

  test("that a dry run would narrow says what would stay open", () => {
    const remedy = narrowRules(GROUP, [everything], [rule("tcp 443 to 0.0.0.0/0")]);
    const found = finding("tcp 0-442, 444-65535 to 0.0.0.0/0", { rule: "no-unrestricted-egress", rules: [everything] });
    const { title, all } = read(outward({ mode: "dry-run", outcome: "would-act", findings: [found], acts: [{ remedy, result: "would" }] }));
    expect(title).toMatch(/^🧪 Dry run: would close tcp 0-442, 444-65535 to 0\.0\.0\.0\/0 on bastion/);
    expect(under("Would stay open", all)).toEqual(["• `tcp 443 to 0.0.0.0/0`"]);
    expect(all).toContain("*Forbidden*\n• `tcp 0-442, 444-65535 to 0.0.0.0/0`");
  });

  test("lawful parts that went with a rule are told, also in this direction", () => {
    const wide = rule("tcp 443-8443 to 0.0.0.0/0");
    const found = finding("tcp 444-8443 to 0.0.0.0/0", { rule: "no-unrestricted-egress", rules: [wide] });
    const { all } = read(outward({ findings: [found], acts: [{ remedy: revokeRules(GROUP, [wide]), result: "done" }] }));
    expect(under("Allowed, but went with it: EC2 removes whole rules", all)).toEqual(["• `tcp 443 to 0.0.0.0/0`"]);
  });

  test("beside ingress is told apart from it: neither hides what went of the other", () => {
    const inward = rule("tcp 22 from 0.0.0.0/0");
    const both = outward({
      findings: [finding("tcp 22 from 0.0.0.0/0", { rules: [inward] }), finding("all to 0.0.0.0/0", { rules: [everything] })],
      acts: [
        { remedy: revokeRules(GROUP, [inward, rule("tcp 443 from 0.0.0.0/0")]), result: "done" },
        { remedy: revokeRules(GROUP, [everything]), result: "done" },
      ],
    });
    const { title, all } = read(both);
    expect(title).toBe("🔒 Closed: tcp 22 from 0.0.0.0/0 and 1 more on bastion");
    expect(under("Allowed, but went with it: EC2 removes whole rules", all)).toEqual(["• `tcp 443 from 0.0.0.0/0`"]);
    expect(all).toContain("open it only to the addresses that need it, or ask here");
  });

  test("that EC2 refused to close is told with the reason", () => {
    const acts = [{ remedy: revokeRules(GROUP, [everything]), result: "denied", error: "UnauthorizedOperation: no" }] as const;
    expect(read(outward({ outcome: "failed", acts })).all).toContain("*Not closed*\n• `all to 0.0.0.0/0`: `UnauthorizedOperation: no`");
  });
});

describe("a change that came through a prefix list", () => {
  const made = change({
    call: { source: "ec2.amazonaws.com", name: "ModifyManagedPrefixList" },
    via: { kind: "prefix-list", id: "pl-0c4d1e7a92b3f6580" },
  });
  const listed = rule("tcp 22 from pl-0c4d1e7a92b3f6580");
  const given = decision({
    change: made,
    findings: [finding("tcp 22 from 0.0.0.0/0", { rules: [listed] })],
    acts: [{ remedy: revokeRules(GROUP, [listed]), result: "done" }],
  });

  test("says so", () => {
    const { title, all } = read(given);
    expect(title).toBe("🔒 Closed: tcp 22 from 0.0.0.0/0 on bastion");
    expect(all).toContain("*lena* made this change with *Terraform 1.13.5*, through prefix list `pl-0c4d1e7a92b3f6580`.");
    expect(all).toContain("call `ModifyManagedPrefixList`");
  });

  test("blames nobody for what stood there before", () => {
    const earlier = finding("tcp 22 from 0.0.0.0/0", { rules: [listed], introduced: "earlier" });
    expect(read({ ...given, findings: [earlier] }).all).toContain(
      "This stood open before *lena* changed the security group with *Terraform 1.13.5*, through prefix list `pl-0c4d1e7a92b3f6580`, and is not their doing.",
    );
  });

  test("says the same of a decision that went through JSON, with what the call did", () => {
    const claim = {
      kind: "effects",
      effects: [
        { op: "add", kind: "prefix-list", id: "pl-0c4d1e7a92b3f6580", list: "cidrs", items: ["0.0.0.0/0"] },
        { op: "forget", kind: "prefix-list", id: "pl-0c4d1e7a92b3f6580", list: "cidrs" },
        { op: "forget", kind: "vpc", id: "vpc-1", list: "ipv6Cidrs" },
      ],
    } as const;
    const told = { ...given, change: { ...made, claim } };
    const back = decodeDecision(JSON.parse(encodeDecision(told)));
    expect(back.change).toEqual(told.change);
    expect(messageFor(back)).toEqual(messageFor(told));
  });
});

describe("old rules", () => {
  test("are not blamed on whoever touched the group", () => {
    const { all } = read(decision({ findings: [finding("tcp 22 from 0.0.0.0/0", { introduced: "earlier" })] }));
    expect(all).toContain("This stood open before *lena* changed the security group with *Terraform 1.13.5*, and is not their doing.");
    expect(all).not.toContain("made this change");
    expect(all).not.toContain("was open for about");
    expect(all).not.toContain("will open it again");
  });

  test("are told apart from new ones in one decision", () => {
    const findings = [finding("tcp 22 from 0.0.0.0/0"), finding("tcp 3389 from 0.0.0.0/0", { introduced: "earlier" })];
    expect(under("Forbidden", read(decision({ findings })).all)).toEqual([
      "• `tcp 22 from 0.0.0.0/0`",
      "• `tcp 3389 from 0.0.0.0/0`  _stood before this change_",
    ]);
  });
});

describe("details", () => {
  test("an exposure by several rules together says so", () => {
    const halves = [rule("tcp 22 from 0.0.0.0/1"), rule("tcp 22 from 128.0.0.0/1")];
    const given = decision({
      findings: [finding("tcp 22 from 0.0.0.0/0", { rules: halves })],
      acts: [{ remedy: revokeRules(GROUP, halves), result: "done" }],
    });
    expect(under("Forbidden", read(given).all)).toEqual(["• `tcp 22 from 0.0.0.0/0`, by 2 rules together"]);
  });

  test("both address families make one headline", () => {
    const given = decision({ findings: [finding("tcp 22 from 0.0.0.0/0"), finding("tcp 22 from ::/0")] });
    expect(read(given).title).toBe("🔒 Closed: tcp 22 from 0.0.0.0/0, ::/0 on bastion");
  });

  test("the worst severity is shown", () => {
    const given = decision({
      findings: [finding("tcp 22 from 0.0.0.0/0", { severity: "low" }), finding("tcp 25 from 0.0.0.0/0", { severity: "high" })],
    });
    expect(read(given).all).toContain("🟠 *high*");
  });

  test("what is known in part, and what was not judged, is said", () => {
    const { all } = read(decision({ partial: true, notJudged: [{ rule: "no-public-ingress", needs: "prefix list pl-0123" }] }));
    expect(all).toContain("Only part of this resource is known here");
    expect(all).toContain("`no-public-ingress` needs prefix list pl-0123");
  });

  test("a decision that is told in part says where the whole is", () => {
    expect(read(decision({ trimmed: true })).all).toContain("more is in the ledger");
    expect(read(decision()).all).not.toContain("more is in the ledger");
  });

  test("long lists end with how many more there are", () => {
    const rules = Array.from({ length: 60 }, (_, i) => rule(`tcp ${2000 + i} from 0.0.0.0/0`));
    const lines = under("Closed", read(decision({ acts: [{ remedy: revokeRules(GROUP, rules), result: "done" }] })).all);
    expect(lines).toHaveLength(6);
    expect(lines.at(-1)).toBe("• and 55 more");
  });

  test("a finding about no traffic is told by its message", () => {
    const given = decision({
      outcome: "alert",
      acts: [],
      findings: [finding("", { rule: "of-another-version", message: "A rule has no description", rules: [] })],
    });
    const { title, all } = read(given);
    expect(title).toBe("⚠️ Found: A rule has no description on bastion");
    expect(under("Found", all)).toEqual(["• A rule has no description"]);
    expect(all).toContain("Rule `of-another-version`");
  });

  test("without names, ids stand for them", () => {
    const { title, all } = read(decision({ names: {} }));
    expect(title).toBe(`🔒 Closed: tcp 22 from 0.0.0.0/0 on ${GROUP}`);
    expect(all).toContain(`|${GROUP}>`);
    expect(all).toContain("*Account*\n`111122223333`");
    expect(all).toContain("*Region*\n`eu-west-1`");
  });

  test("the reader's time zone is asked of Slack", () =>
    expect(read(decision()).all).toContain("<!date^1772442847^{date_short_pretty} at {time_secs}|2026-03-02 09:14:07 UTC>"));

  const CONSOLES: Record<string, string | undefined> = {
    "cn-north-1": "https://cn-north-1.console.amazonaws.cn/ec2/home?region=cn-north-1",
    "us-gov-west-1": "https://us-gov-west-1.console.amazonaws-us-gov.com/ec2/home?region=us-gov-west-1",
    "us-iso-east-1": undefined,
    "evil.example/?": undefined,
  };
  for (const [region, page] of Object.entries(CONSOLES)) {
    test(`the console of ${region}`, () => {
      const { all } = read(decision({ change: change({ region }) }));
      if (page === undefined) expect(all).not.toMatch(/<https?:/);
      else expect(all).toContain(`<${page}#SecurityGroup:groupId=${GROUP}|bastion>`);
    });
  }

  test("the same message comes of a decision that went through JSON", () => {
    const given = decision({ excepted: [{ finding: finding("udp 53 from 0.0.0.0/0"), exception: "resolver" }] });
    const back = decodeDecision(JSON.parse(encodeDecision(given)));
    expect(messageFor(back)).toEqual(messageFor(given));
  });
});
