import { describe, expect, test } from "@jest/globals";
import type { Actor } from "../../lib/model/change.ts";
import { describePerson, describeTool } from "../../lib/slack/actor.ts";

const ROLE = "arn:aws:sts::111122223333:assumed-role";

describe("who made a change", () => {
  const PEOPLE: Record<string, [actor: Actor, name: string, role?: string]> = {
    "an IAM user": [{ arn: "arn:aws:iam::111122223333:user/lena" }, "lena"],
    "an IAM user with a path": [{ arn: "arn:aws:iam::111122223333:user/teams/platform/lena" }, "lena"],
    "a session of a role": [{ arn: `${ROLE}/deployer/lena@example.com` }, "lena@example.com", "deployer"],
    "a session of an SSO permission set": [
      { arn: `${ROLE}/AWSReservedSSO_NetworkAdmin_0123456789abcdef/lena@example.com` },
      "lena@example.com",
      "SSO NetworkAdmin",
    ],
    "a permission set with underscores": [
      { arn: `${ROLE}/AWSReservedSSO_Network_Admin_0123456789abcdef/lena` },
      "lena",
      "SSO Network_Admin",
    ],
    "a role of which the change tells the arn with a path": [
      { arn: `${ROLE}/deployer/run-7`, role: "arn:aws:iam::111122223333:role/ci/deployer", session: "run-7" },
      "run-7",
      "deployer",
    ],
    "a session that an SDK named": [{ arn: `${ROLE}/deployer/botocore-session-1700000000` }, "role deployer"],
    "a session that is a time": [{ arn: `${ROLE}/deployer/1700000000123456789` }, "role deployer"],
    "an instance": [{ arn: `${ROLE}/web/i-0123456789abcdef0` }, "instance i-0123456789abcdef0", "web"],
    "the root user": [{ arn: "arn:aws:iam::111122223333:root" }, "the root user"],
    "a federated user": [{ arn: "arn:aws:sts::111122223333:federated-user/lena" }, "lena"],
    "another partition": [{ arn: "arn:aws-cn:iam::111122223333:user/lena" }, "lena"],
    "a service": [{ arn: "autoscaling.amazonaws.com" }, "EC2 Auto Scaling"],
    "a service without a better name": [{ arn: "brandnew.amazonaws.com" }, "brandnew.amazonaws.com"],
    "what is no arn": [{ arn: "..." }, "..."],
    nothing: [{ arn: "" }, "an unknown caller"],
  };
  for (const [what, [actor, name, role]] of Object.entries(PEOPLE)) {
    test(what, () => {
      const person = describePerson(actor);
      expect([person.name, person.role]).toEqual([name, role]);
    });
  }
});

describe("what a change was made with", () => {
  const LENA = { arn: "arn:aws:iam::111122223333:user/lena" };
  // User agents as recorded, but for those marked.
  const TOOLS: Record<string, [actor: Partial<Actor>, name: string | undefined, fromCode?: boolean]> = {
    "Terraform 1.1": [
      {
        userAgent:
          "APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io) terraform-provider-aws/3.76.1 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go/1.44.157 (go1.19.3; linux; amd64) stratus-red-team_2142a106-933f-4595-ad51-0ff5dfff60b7 HashiCorp-terraform-exec/0.17.3",
      },
      "Terraform 1.1.2",
      true,
    ],
    "OpenTofu (constructed)": [{ userAgent: "APN/1.0 HashiCorp/1.0 OpenTofu/1.9.0 terraform-provider-aws/5.0.0" }, "OpenTofu 1.9.0", true],
    "a browser": [{ userAgent: "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0" }, "the AWS console"],
    "the EC2 console": [{ userAgent: "console.ec2.amazonaws.com" }, "the AWS console"],
    "AWS Internal": [{ userAgent: "AWS Internal" }, "the AWS console or an AWS service"],
    "the CLI (constructed)": [{ userAgent: "aws-cli/2.15.30 Python/3.11.8 Linux/6.5.0 exe/x86_64 prompt/off" }, "AWS CLI 2.15.30"],
    "Boto3 in brackets": [{ userAgent: "[Boto3/1.26.165 Python/3.10.6 Linux/5.19.0-46-generic Botocore/1.29.165]" }, "Boto3 1.26.165"],
    "the SDK for Go": [{ userAgent: "aws-sdk-go/1.41.4 (go1.18.3; linux; amd64) amazon-ssm-agent/" }, "the SDK for Go 1.41.4"],
    "a tool of one's own": [
      { userAgent: "stratus-red-team_1004a4ff-b486-4981-a84b-6322905f37cc" },
      "stratus-red-team_1004a4ff-b486-4981-a84b-6322905f37cc",
    ],
    "CloudFormation on someone's behalf": [
      { invokedBy: "cloudformation.amazonaws.com", userAgent: "cloudformation.amazonaws.com" },
      "CloudFormation",
      true,
    ],
    "another service on someone's behalf": [{ invokedBy: "eks.amazonaws.com", userAgent: "Mozilla/5.0" }, "EKS"],
    "a service as the agent": [{ userAgent: "rds.amazonaws.com" }, "RDS"],
    "nothing told": [{}, undefined],
    "a service that acted by itself": [{ arn: "rds.amazonaws.com", invokedBy: "rds.amazonaws.com" }, undefined],
  };
  for (const [what, [actor, name, fromCode = false]] of Object.entries(TOOLS)) {
    test(what, () => {
      const tool = describeTool({ ...LENA, ...actor });
      expect(tool && `${tool.name} ${tool.version}`.trim()).toBe(name);
      expect(tool?.fromCode ?? false).toBe(fromCode);
    });
  }
});
