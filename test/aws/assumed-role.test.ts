import { EC2Client } from "@aws-sdk/client-ec2";
import { AssumeRoleCommand, STSClient, STSServiceException } from "@aws-sdk/client-sts";
import { describe, expect, test } from "@jest/globals";
import { mockClient } from "aws-sdk-client-mock";
import { assume } from "../../lib/aws/assumed-role.ts";
import { drillGroupsOver } from "../../lib/aws/ec2/drill-groups.ts";

const ROLE = { arn: "arn:aws:iam::210987654321:role/portcullis-drill", session: "portcullis-drill" };

function refusal(name: string, httpStatusCode: number): STSServiceException {
  return new STSServiceException({ name, $fault: "client", message: "User is not authorized", $metadata: { httpStatusCode } });
}

describe("a role of another account", () => {
  test("is assumed for a quarter of an hour, under the session's name and with the external id", async () => {
    const sts = mockClient(STSClient);
    const expiration = new Date("2026-11-02T10:30:00Z");
    const Credentials = { AccessKeyId: "id", SecretAccessKey: "key", SessionToken: "token", Expiration: expiration };
    sts.on(AssumeRoleCommand).resolves({ Credentials });
    const credentials = await assume(new STSClient({ region: "eu-west-1" }), { ...ROLE, externalId: "example" });
    expect(credentials).toEqual({ accessKeyId: "id", secretAccessKey: "key", sessionToken: "token", expiration });
    const request = { RoleArn: ROLE.arn, RoleSessionName: "portcullis-drill", DurationSeconds: 900, ExternalId: "example" };
    expect(sts.call(0).args[0].input).toEqual(request);
    await assume(new STSClient({ region: "eu-west-1" }), ROLE);
    expect(sts.call(1).args[0].input).not.toHaveProperty("ExternalId");
  });

  test.each([
    ["AccessDenied", 403, "denied", /role\/portcullis-drill could not be assumed: User is not authorized. It must exist/],
    ["Throttling", 400, "throttled", /could not be assumed: User is not authorized$/],
  ] as const)("that STS does not lend (%s) is told to whoever asks EC2", async (name, status, expected, message) => {
    const sts = mockClient(STSClient);
    sts.on(AssumeRoleCommand).rejects(refusal(name, status));
    const credentials = () => assume(new STSClient({ region: "eu-west-1" }), ROLE);
    const asked = drillGroupsOver(new EC2Client({ region: "eu-west-1", credentials })).named("vpc-1", "portcullis-drill");
    await expect(asked).rejects.toMatchObject({ refusal: expected, message: expect.stringMatching(message) });
  });
});
