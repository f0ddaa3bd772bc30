import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoPolicyShelf } from "../aws/dynamodb/policy-shelf.ts";
import { policySourceIn } from "../aws/policy-sources/policy-source.ts";
import type { Meter } from "../guard/meter.ts";
import type { Log } from "../guard/notify-ports.ts";
import { PolicyDelivery } from "../policy/delivery.ts";
import type { SourceName } from "../policy/source-name.ts";
import { type BundledPolicyEnvironment, bundledPolicy } from "./bundled-policy.ts";
import { PATIENCE, required } from "./environment.ts";

/** What the environment says about where the policy comes from; serverless.yml sets it. */
export interface PolicyEnvironment extends BundledPolicyEnvironment {
  /** `ssm:/portcullis/policy`, `s3://bucket/key` or `appconfig:application/environment/profile`; empty for the bundled policy. */
  readonly POLICY_SOURCE?: string | undefined;
  readonly LEDGER_TABLE?: string | undefined;
}

/** Delivers the policy of a source in AWS. Throws when the environment is not as it must be. */
export function deliveryOf(
  { name, source }: { readonly name: string; readonly source: SourceName },
  env: PolicyEnvironment,
  bundle: string,
  { log, meter, clock }: { readonly log: Log; readonly meter: Meter; readonly clock: { now(): number } },
): PolicyDelivery {
  return new PolicyDelivery({
    source: policySourceIn(name, source),
    shelf: new DynamoPolicyShelf(new DynamoDBClient(PATIENCE), required(env, "LEDGER_TABLE")),
    bundled: () => bundledPolicy(env, bundle),
    rejected: async (error) => {
      log.error("The delivered policy is not used; the last good one is", { source: name, error });
      meter.add("PolicyRejected", 1);
    },
    clock,
    log,
  });
}
