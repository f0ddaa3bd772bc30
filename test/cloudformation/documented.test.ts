import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "@jest/globals";
import { Network, type Origin } from "../../lib/cloudformation/network.ts";
import { TYPES } from "../../lib/cloudformation/plan.ts";
import { Properties } from "../../lib/cloudformation/properties.ts";
import type { Value, Values } from "../../lib/cloudformation/value.ts";

// CDK's classes are made from CloudFormation's own specification of its types.
const require = createRequire(import.meta.url);
const CODE = ["ec2", "rds", "route53resolver"].map((service) =>
  readFileSync(require.resolve(`aws-cdk-lib/aws-${service}`).replace(/index\.js$/, `lib/${service}.generated.js`), "utf8"),
);

/** The properties of a type and of its parts, each by its name; undefined where there is no such type. */
function specified(type: string): ReadonlySet<string> | undefined {
  const [, , name] = type.split("::");
  const code = CODE.find((text) => text.includes(`CFN_RESOURCE_TYPE_NAME="${type}"`));
  const readers = (code ?? "")
    .split("function ")
    .filter((text) => new RegExp(`^Cfn${name}(?:Props|\\w*Property)FromCloudFormation\\(`).test(text));
  const names = readers.flatMap((text) => [...text.matchAll(/addPropertyResult\("\w+","(\w+)"/g)].map(([, property]) => property ?? ""));
  return code === undefined ? undefined : new Set(names);
}

/** Properties that have every name, or none, and note which were asked for. */
function asking(names: Set<string>, isThere: boolean): Values {
  const nested = (): Value => [asking(names, isThere)];
  return new Proxy<Values>(
    {},
    {
      get: (_, name) => (isThere && typeof name === "string" ? nested() : undefined),
      getOwnPropertyDescriptor: (_, name) => {
        if (typeof name === "string") names.add(name);
        return isThere ? { configurable: true, enumerable: true, writable: true, value: undefined } : undefined;
      },
    },
  );
}

// One reader reads both directions of a rule, and another the IPv6 block of VPCs and subnets; what a type lacks is never there.
const OF_ITS_TWIN = ["DestinationSecurityGroupName", "DestinationSecurityGroupOwnerId", "AmazonProvidedIpv6CidrBlock"];
const OF_TAGS = ["Key", "Value"];

const ORIGIN: Origin = { id: "id", address: "A", act: "create", location: { file: "f" }, account: undefined, region: undefined, name: "A" };

describe("every property that is read", () => {
  test.each(Object.keys(TYPES))("of %s is one of the type", (type) => {
    const asked = new Set<string>();
    for (const isThere of [true, false]) {
      const { make, join, relate } = TYPES[type] ?? {};
      for (const read of [make, join, relate]) read?.(new Properties(asking(asked, isThere), {}), ORIGIN, new Network());
    }
    const known = specified(type);
    const unspecified = [...asked].filter((name) => known?.has(name) === false && ![...OF_ITS_TWIN, ...OF_TAGS].includes(name));
    expect({ type, unspecified }).toEqual({ type, unspecified: [] });
    expect(known).toBeDefined();
    expect(asked.size).toBeGreaterThan(0);
  });
});
