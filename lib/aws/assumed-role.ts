import { AssumeRoleCommand, type STSClient } from "@aws-sdk/client-sts";
import { Ec2Error } from "../guard/ports.ts";
import { asEc2Error } from "./ec2/ec2-errors.ts";

/** The shortest that STS lends a role for: whoever gets hold of a session has it for a quarter of an hour at most (seconds). */
const SECONDS = 900;

/** A role of another account, and what its trust policy asks of us. */
export interface LentRole {
  readonly arn: string;
  readonly session: string;
  readonly externalId?: string;
}

/** A session of a role, as SDK clients take credentials. */
export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/**
 * Takes on a role for 15 minutes. Throws Ec2Error, with the role and STS' reason, where it is not lent: EC2's clients, whose
 * credentials these are, pass it on as it is.
 */
export async function assume(sts: STSClient, { arn, session, externalId }: LentRole): Promise<Session> {
  const request = { RoleArn: arn, RoleSessionName: session, DurationSeconds: SECONDS, ...(externalId && { ExternalId: externalId }) };
  const { Credentials } = await sts.send(new AssumeRoleCommand(request)).catch((error: unknown) => {
    const { refusal, code, message } = asEc2Error(error);
    const advice = refusal === "denied" ? ". It must exist, and trust the role that asks and the external id: see stacks/member.yml" : "";
    throw new Ec2Error(refusal, code, `role ${arn} could not be assumed: ${message}${advice}`, { cause: error });
  });
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined || Expiration === undefined) {
    throw new Error(`STS lent ${arn} without credentials`);
  }
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expiration: Expiration };
}
