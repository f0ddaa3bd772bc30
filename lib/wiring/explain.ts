import { EC2Client } from "@aws-sdk/client-ec2";
import { Ec2Api } from "../aws/ec2/ec2.ts";
import { ownAccount } from "../aws/own-account.ts";
import { Ec2Error } from "../guard/ports.ts";
import type { World } from "../model/world.ts";
import { LiveWorld } from "../worlds/live.ts";
import { PATIENCE, systemClock } from "./environment.ts";

/** Where a live group is to be looked for; the environment's own account and region unless they are named. */
export interface Asked {
  readonly account?: string;
  readonly region?: string;
}

/** The live network of an account and region, for reading. */
export interface LivePlace {
  readonly account: string;
  readonly region: string;
  readonly world: World;
}

/** Thrown when the live network cannot be read from here; the message says what was found, what was expected and what to do. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/** The live network, by the credentials of the environment. Only their own account can be reached. Throws UnreachableError. */
export async function livePlace(asked: Asked): Promise<LivePlace> {
  try {
    const client = new EC2Client({ ...PATIENCE, ...(asked.region !== undefined && { region: asked.region }) });
    const region = await client.config.region();
    const account = await ownAccount(region);
    if (asked.account !== undefined && asked.account !== account) {
      throw new UnreachableError(
        `these credentials are of account ${account}, expected ones of ${asked.account}. Assume a role that may describe security groups there: set AWS_PROFILE to a profile whose role_arn is of account ${asked.account}, then ask again`,
      );
    }
    return { account, region, world: new LiveWorld(new Ec2Api(client), systemClock) };
  } catch (error) {
    throw unreachable(error);
  }
}

/** What to do about an error of AWS, as an UnreachableError; any other error as it is. */
export function unreachable(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof UnreachableError) return error;
  const cause = error instanceof Ec2Error && error.cause instanceof Error ? error.cause : error;
  const options = { cause: error };
  if (cause.name === "CredentialsProviderError") {
    return new UnreachableError(`found no AWS credentials. Set AWS_PROFILE, or sign in: ${cause.message}`, options);
  }
  if (/Region (?:is missing|not accepted)/.test(cause.message)) {
    return new UnreachableError("found no region. Give --region, or set AWS_REGION", options);
  }
  if (/^(ExpiredToken|InvalidClientTokenId|AuthFailure|UnrecognizedClient|SignatureDoesNotMatch)/.test(cause.name)) {
    return new UnreachableError(`AWS does not take these credentials. Sign in again: ${cause.name}: ${cause.message}`, options);
  }
  if (error instanceof Ec2Error || "$metadata" in cause)
    return new UnreachableError(`AWS answered ${cause.name}: ${cause.message}`, options);
  return error;
}
