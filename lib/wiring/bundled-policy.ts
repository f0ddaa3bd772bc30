import { readFileSync } from "node:fs";
import type { Policy } from "../policy/policy.ts";
import { unsealed } from "../policy/seal.ts";

/** What the environment says about the policy that was packed with the code. */
export interface BundledPolicyEnvironment {
  /** Where the policy's snapshot lies; beside the bundle unless set. */
  readonly POLICY_FILE?: string | undefined;
}

/** The policy that was packed with the code; the build has checked it, anything else is checked here. Throws where it is not as it must be. */
export async function bundledPolicy(env: BundledPolicyEnvironment, bundle: string): Promise<Policy> {
  const file = env.POLICY_FILE ?? `${bundle}/policy.json`;
  // The bundler writes the build in its place: code that was not bundled takes no seal.
  const policy = unsealed(readFileSync(file, "utf8"), process.env.PORTCULLIS_BUILD);
  if (policy.version !== undefined) return policy;
  const { readSnapshot } = await import("../policy/snapshot.ts");
  return readSnapshot(policy.document, file);
}
