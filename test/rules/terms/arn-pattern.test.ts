import { describe, expect, test } from "@jest/globals";
import type { Actor } from "../../../lib/model/change.ts";
import { isCaller, isNamed, nameOfCaller } from "../../../lib/rules/terms/arn-pattern.ts";

describe("a pattern", () => {
  test.each([
    ["portcullis-guard", "portcullis-guard"],
    ["portcullis-*", "portcullis-"],
    ["portcullis-*", "portcullis-prod-guard"],
    ["*", ""],
    ["*", "anything"],
    ["*-guard", "portcullis-guard"],
    ["port*prod*guard", "portcullis-prod-prod-guard"],
    ["arn:aws:iam::*:role/net/*", "arn:aws:iam::111122223333:role/net/team/operator"],
    ["a*a", "aa"],
    ["**", "x"],
  ])("%s says %s", (pattern, text) => {
    expect(isNamed(text, [pattern])).toBe(true);
  });

  test.each([
    ["portcullis-guard", "portcullis-guard-2"],
    ["portcullis-*", "my-portcullis-guard"],
    ["*-guard", "portcullis-guard-2"],
    ["a*a", "a"],
    ["port*prod*guard", "portcullis-guard"],
    ["ab*bc", "abc"],
    ["portcullis.guard", "portcullis-guard"],
    ["(", ""],
  ])("%s does not say %s", (pattern, text) => {
    expect(isNamed(text, [pattern])).toBe(false);
  });

  test("one of several is enough, and none is never", () => {
    expect(isNamed("b", ["a", "b"])).toBe(true);
    expect(isNamed("b", [])).toBe(false);
  });

  test("many stars do not make it slow", () => {
    expect(isNamed("a".repeat(2048), [`${"a*".repeat(1000)}b`])).toBe(false);
  });
});

describe("a caller", () => {
  const user: Actor = { arn: "arn:aws:iam::111122223333:user/ada" };
  const assumed: Actor = {
    arn: "arn:aws:sts::111122223333:assumed-role/operator/ada",
    role: "arn:aws:iam::111122223333:role/net/operator",
    session: "ada",
  };

  test("is known by its arn, and by that of its role", () => {
    expect(isCaller(user, ["arn:aws:iam::111122223333:user/ada"])).toBe(true);
    expect(isCaller(assumed, ["arn:aws:iam::111122223333:role/net/operator"])).toBe(true);
    expect(isCaller(assumed, ["arn:aws:iam::*:role/net/*"])).toBe(true);
    expect(isCaller(assumed, ["arn:aws:iam::111122223333:role/other"])).toBe(false);
  });

  test("is known by its session only where the pattern is about sessions", () => {
    expect(isCaller(assumed, ["arn:aws:sts::111122223333:assumed-role/operator/*"])).toBe(true);
    expect(isCaller({ ...assumed, arn: "arn:aws:sts::111122223333:assumed-role/evil/deployer" }, ["*deployer"])).toBe(false);
  });

  test("is told with the service that called for it", () => {
    expect(nameOfCaller(user)).toBe("arn:aws:iam::111122223333:user/ada");
    expect(nameOfCaller({ ...user, invokedBy: "cloudformation.amazonaws.com" })).toContain("ada through cloudformation.amazonaws.com");
  });
});
