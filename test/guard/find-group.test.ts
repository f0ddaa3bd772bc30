import { expect, test } from "@jest/globals";
import { findGroup, type KnownGroup } from "../../lib/guard/explaining/find-group.ts";

const group = (id: string, name: string, more: Partial<KnownGroup> = {}): KnownGroup => ({
  facts: { id, name, rules: [] },
  account: "111122223333",
  region: "eu-west-1",
  ...more,
});
const GROUPS = [
  group("sg-1", "web"),
  group("sg-2", "bastion"),
  group("sg-3", "web", { region: "us-east-1" }),
  group("sg-(module.a.aws_security_group.b)", "sg-1", { address: "module.a.aws_security_group.b" }),
];
const ids = (asked: string, groups: readonly KnownGroup[] = GROUPS) => {
  const sought = findGroup(asked, groups);
  if (sought.kind === "none") return sought.near ?? "nothing near";
  return sought.kind === "one" ? sought.group.facts.id : sought.groups.map(({ facts }) => facts.id);
};

test.each([
  ["an id, though a name reads like it", "sg-1", "sg-1"],
  ["a name", "bastion", "sg-2"],
  ["an address", "module.a.aws_security_group.b", "sg-(module.a.aws_security_group.b)"],
  ["a name that two have", "web", ["sg-1", "sg-3"]],
  ["what is nearly a name", "bastoin", "bastion"],
  ["what is nearly an address", "module.a.aws_security_group.c", "module.a.aws_security_group.b"],
  ["what is nothing like them", "completely-different", "nothing near"],
])("%s", (_, asked, expected) => expect(ids(asked)).toEqual(expected));

test("among no groups nothing is near", () => expect(ids("web", [])).toBe("nothing near"));
