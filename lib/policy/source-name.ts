/** Where a policy is delivered from, as POLICY_SOURCE names it. */
export type SourceName =
  | { readonly kind: "ssm"; readonly parameter: string }
  | { readonly kind: "s3"; readonly bucket: string; readonly key: string }
  | { readonly kind: "appconfig"; readonly application: string; readonly environment: string; readonly profile: string };

// Names as the services allow them; no wildcard, since what is named here ends up in IAM's resources.
const PARAMETER = /^ssm:(?<parameter>[\w./-]+)$/;
const OBJECT = /^s3:\/\/(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(?<key>[\w!.()'/=+@,:-]+)$/;
const CONFIGURATION = /^appconfig:(?<application>[\w. -]+)\/(?<environment>[\w. -]+)\/(?<profile>[\w. -]+)$/;

/** Reads the name of a source. Throws for what names none. */
export function readSourceName(name: string): SourceName {
  const { parameter } = PARAMETER.exec(name)?.groups ?? {};
  if (parameter !== undefined) return { kind: "ssm", parameter };
  const { bucket, key } = OBJECT.exec(name)?.groups ?? {};
  if (bucket !== undefined && key !== undefined) return { kind: "s3", bucket, key };
  const { application, environment, profile } = CONFIGURATION.exec(name)?.groups ?? {};
  if (application !== undefined && environment !== undefined && profile !== undefined) {
    return { kind: "appconfig", application, environment, profile };
  }
  const expected = "ssm:/portcullis/policy, s3://bucket/key or appconfig:application/environment/profile";
  throw new Error(`the source of the policy is "${name}": expected ${expected}, or nothing for the policy that is bundled`);
}
