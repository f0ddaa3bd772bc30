import { AssumeRoleCommand, type STSClient } from "@aws-sdk/client-sts";
import { Ec2Error } from "../guard/ports.ts";
import { asEc2Error } from "./ec2-errors.ts";

/** The shortest that STS lends a role for: 15 minutes (seconds). */
const SECONDS = 900;

/** A role of another account, and what its trust policy asks of us. */
export interface LentRole {
  readonly arn: string;
  readonly session: string;
  readonly externalId?: string;
}

/**
 * Credentials of a role for SDK clients, which ask again before they expire. Throws Ec2Error, with the role and STS'
 * reason, where it is not lent: EC2's clients pass it on as it is.
 */
export function lent(sts: STSClient, { arn, session, externalId }: LentRole) {
  return async () => {
    const request = { RoleArn: arn, RoleSessionName: session, DurationSeconds: SECONDS, ...(externalId && { ExternalId: externalId }) };
    const { Credentials: credentials } = await sts.send(new AssumeRoleCommand(request)).catch((error: unknown) => {
      const { refusal, code, message } = asEc2Error(error);
      const advice = refusal === "denied" ? ". It must exist, and trust the role that asks and the external id" : "";
      throw new Ec2Error(refusal, code, `role ${arn} could not be assumed: ${message}${advice}`, { cause: error });
    });
    const {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiration,
    } = credentials ?? {};
    if (accessKeyId === undefined || secretAccessKey === undefined) throw new Error(`STS lent ${arn} without credentials`);
    return {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken !== undefined && { sessionToken }),
      ...(expiration !== undefined && { expiration }),
    };
  };
}
