import { describe, expect, test } from "@jest/globals";
import type { NotifyPorts } from "../../lib/guard/notify-ports.ts";
import type { Actor } from "../../lib/model/change.ts";
import { userOf } from "../../lib/telling/mention.ts";
import { refusal } from "../support/memory-messenger.ts";
import { TellingRig } from "../support/telling-rig.ts";

const SSO: Actor = {
  arn: "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/lena@example.com",
  role: "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
  session: "lena@example.com",
};

describe("whom to mention", () => {
  const directory = { "lena@example.com": "U0LENA", ada: "U0ADA", deploy: "U0DEPLOY" };
  const KNOWN: readonly (readonly [string, Actor, string | undefined])[] = [
    ["the session's name", SSO, "U0LENA"],
    ["the session's name in another case", { ...SSO, session: "Lena@Example.com" }, "U0LENA"],
    ["the session in the arn alone", { arn: SSO.arn }, "U0LENA"],
    ["an IAM user by name, whatever its path", { arn: "arn:aws:iam::111122223333:user/team/net/ada" }, "U0ADA"],
    ["a session that people named", { arn: "arn:aws:sts::111122223333:assumed-role/ci/deploy", session: "deploy" }, "U0DEPLOY"],
    ["nobody for a name of Object's own", { arn: "arn:aws:iam::111122223333:user/constructor" }, undefined],
    ["nobody for the root user", { arn: "arn:aws:iam::111122223333:root" }, undefined],
    ["nobody for a service", { arn: "autoscaling.amazonaws.com" }, undefined],
  ];
  test.each(KNOWN)("by the directory: %s", async (_, actor, user) => {
    const rig = new TellingRig();
    expect(await userOf(rig.ports({ directory }), actor)).toBe(user);
    expect(rig.messenger.lookups).toEqual([]);
  });

  test("by Slack, where the session is an e-mail address, and Slack is asked once", async () => {
    const rig = new TellingRig();
    rig.messenger.users["lena@example.com"] = "U0LENA";
    expect([await userOf(rig.ports(), SSO), await userOf(rig.ports(), SSO)]).toEqual(["U0LENA", "U0LENA"]);
    expect(await userOf(rig.ports(), { arn: "arn:aws:iam::111122223333:user/ada" })).toBeUndefined();
    expect(rig.messenger.lookups).toEqual(["lena@example.com"]);
  });

  test("nobody whom Slack does not know", async () => {
    const rig = new TellingRig();
    expect([await userOf(rig.ports(), SSO), await userOf(rig.ports(), SSO)]).toEqual([undefined, undefined]);
    expect(rig.messenger.lookups).toHaveLength(1);
  });

  test("nobody while Slack refuses to say; it is asked again", async () => {
    const rig = new TellingRig();
    rig.messenger.users["lena@example.com"] = "U0LENA";
    rig.messenger.before = () => {
      throw refusal("ratelimited", "users.lookupByEmail", 30_000);
    };
    expect(await userOf(rig.ports(), SSO)).toBeUndefined();
    expect(rig.logged).toEqual(["warn: Whom to mention could not be looked up in Slack"]);
    rig.messenger.before = () => {};
    expect(await userOf(rig.ports(), SSO)).toBe("U0LENA");
  });

  test("nobody when Slack does not answer: the message waits for it a second at most", async () => {
    const rig = new TellingRig();
    const messenger: NotifyPorts["messenger"] = Object.assign(rig.messenger, { userByEmail: () => new Promise<undefined>(() => {}) });
    const begun = Date.now();
    expect(await userOf(rig.ports({ messenger }), SSO)).toBeUndefined();
    expect(Date.now() - begun).toBeLessThan(5_000);
  });
});
