import { describe, expect, test } from "@jest/globals";
import { decodeDecision, encodeDecision } from "../../lib/guard/records/decision-record.ts";
import type { Decision } from "../../lib/model/decision.ts";
import { messageFor } from "../../lib/slack/message.ts";
import { decision, deletedRoute, tampering } from "../support/decisions.ts";
import { refuseBlocks } from "../support/slack-limits.ts";
import { readMessage } from "./read-message.ts";

function read(given: Decision): { title: string; all: string } {
  const lines = readMessage(messageFor(given));
  return { title: lines[0] ?? "", all: lines.join("\n") };
}

describe("a route that was deleted", () => {
  const { title, all } = read(deletedRoute());

  test("is told in words, since nothing was opened or closed", () => {
    expect(title).toBe("🔧 Remedied: 0.0.0.0/0 to igw-0a1b stands in the main table of vpc-0f1e on rtb-0a1b2c3d4e5f60718");
    expect(all).toContain("*Found*\n• 0.0.0.0/0 to igw-0a1b stands in the main table");
    expect(all).not.toMatch(/[Cc]losed|\*Forbidden\*/);
  });
  test("with what was done, who did it, and how soon", () => {
    expect(all).toContain("*Done*\n• `delete the route 0.0.0.0/0 to igw-0a1b of rtb-0a1b2c3d4e5f60718`");
    expect(all).toContain("*lena* made this change with *Terraform 1.13.5*. Portcullis remedied it *within 184 ms* of hearing of it.");
  });
  test("with the table a click away, and its VPC", () => {
    expect(all).toContain(
      "*Route table*\n<https://eu-west-1.console.aws.amazon.com/vpcconsole/home?region=eu-west-1#RouteTableDetails:RouteTableId=",
    );
    expect(all).toContain("*VPC*\n`vpc-0f1e`");
  });
  test("with what to do", () => {
    expect(all).toContain(
      "Change the code as well, or *Terraform* will do it again. If this is needed, ask here for a change of the policy",
    );
  });
  test("in dry-run says what it would do", () => {
    const dry = read(
      deletedRoute({ mode: "dry-run", outcome: "would-act", acts: deletedRoute().acts.map((act) => ({ ...act, result: "would" })) }),
    );
    expect(dry.title).toMatch(/^🧪 Dry run, would remedy: 0\.0\.0\.0\/0 to igw/);
    expect(dry.all).toContain("*Would do*\n• `delete the route");
    expect(dry.all).toContain("in enforce mode it would remedy this at once");
  });
  test("that AWS refused is told with its reason", () => {
    const acts = deletedRoute().acts.map((act) => ({ ...act, result: "denied" as const, error: "UnauthorizedOperation: no" }));
    const refused = read(deletedRoute({ outcome: "failed", acts }));
    expect(refused.title).toMatch(/^🚨 Not remedied: /);
    expect(refused.all).toContain(
      "*Not done*\n• `delete the route 0.0.0.0/0 to igw-0a1b of rtb-0a1b2c3d4e5f60718`: `UnauthorizedOperation: no`",
    );
    expect(refused.all).toContain("*Portcullis could not remedy all of it. Please look at it now.*");
  });
  test("that another resource was changed for is told through which", () => {
    const via = read(deletedRoute({ change: { ...deletedRoute().change, via: { kind: "subnet", id: "subnet-0a1b" } } }));
    expect(via.all).toContain("with *Terraform 1.13.5*, through subnet `subnet-0a1b`.");
  });
});

test("a call is told by what somebody did, and asks for nothing but a look", () => {
  const { title, all } = read(tampering());
  expect(title).toBe("⚠️ Found: organization-trail was stopped (StopLogging)");
  expect(all).toContain("*Part of the guard*\norganization-trail");
  expect(all).toContain("Portcullis changed nothing: the policy asks only to be told.");
  expect(all).toContain("Undo what is not needed");
});

test.each([
  ["a deleted route", deletedRoute()],
  ["a call", tampering()],
])("%s keeps to Slack's limits, and goes through the ledger as it is", (_, given) => {
  expect(refuseBlocks(messageFor(given).blocks)).toBeUndefined();
  expect(decodeDecision(JSON.parse(encodeDecision(given)))).toEqual(given);
});

test("what stood before a change is nobody's doing", () => {
  const findings = deletedRoute().findings.map((finding) => ({ ...finding, introduced: "earlier" as const }));
  expect(read(deletedRoute({ findings })).all).toContain(
    "This stood before *lena* changed the route table with *Terraform 1.13.5*, and is not their doing.",
  );
  expect(read(decision()).all).not.toContain("route table");
});
