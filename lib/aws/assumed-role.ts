import { AssumeRoleCommand, type STSClient } from "@aws-sdk/client-sts";

/** The shortest that STS lends a role for: 15 minutes (seconds). */
const SECONDS = 900;

/** A role of another account, and what its trust policy asks of us. */
export interface LentRole {
  readonly arn: string;
  readonly session: string;
  readonly externalId?: string;
}

/**
 * Credentials of a role for SDK clients, which ask again before they expire. Throws with the role and STS' reason where it is not lent.
 */
export function lent(sts: STSClient, { arn, session, externalId }: LentRole) {
  return async () => {
    const request = { RoleArn: arn, RoleSessionName: session, DurationSeconds: SECONDS, ...(externalId && { ExternalId: externalId }) };
    const { Credentials: credentials } = await sts.send(new AssumeRoleCommand(request)).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`role ${arn} could not be assumed: ${reason}. It must exist, and trust this function's role and external id`, {
        cause: error,
      });
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
