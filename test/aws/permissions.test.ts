import { beforeAll, expect, test } from "@jest/globals";
import { ACTS, ARNS, type Permission, READS } from "../../lib/aws/permissions.ts";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { ONLY_ON_ALL_RESOURCES } from "../support/iam.ts";
import { serviceAuthorization } from "../support/service-authorization.ts";

const PERMISSIONS = new Map<string, Permission>(
  [...Object.values(READS).flat(), ...Object.values(ACTS).flatMap(({ changes }) => changes)].map((one) => [one.action, one]),
);

describeOnEmulators("the declared permissions in the Service Authorization Reference", () => {
  let reference: Awaited<ReturnType<typeof serviceAuthorization>>;
  beforeAll(async () => {
    const services = [...PERMISSIONS.keys(), ...ONLY_ON_ALL_RESOURCES].map((action) => action.slice(0, action.indexOf(":")));
    reference = await serviceAuthorization(...new Set(services));
  }, START_TIMEOUT_MS);

  /** The types of resource that AWS tells apart for an action, none for some; undefined for an action that is none. */
  const typesOf = (action: string) => {
    const [service = "", name = ""] = action.split(":");
    const known = reference[service]?.Actions[name.toLowerCase()];
    return known && (known.Resources ?? []);
  };

  test.each([...PERMISSIONS])("%s works on resources that AWS tells apart for it, where it tells any", (action, { on }) => {
    const types = typesOf(action);
    expect(types).toEqual(expect.arrayContaining([...on]));
    expect([action, on.length > 0]).toEqual([action, types?.length !== 0]);
  });

  test.each([...ONLY_ON_ALL_RESOURCES])("%s has no resources", (action) => {
    expect(typesOf(action)).toEqual([]);
  });

  test.each(Object.entries(ARNS))("%s has that arn", (type, { service, path }) => {
    const formats = reference[service]?.Resources[type]?.ARNFormats.map((format) => format.split(":").slice(5).join(":")) ?? [];
    expect(formats).toContain(path.replace("*", ".*"));
  });
});
