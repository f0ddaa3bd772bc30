import { EC2Client, EC2ServiceException } from "@aws-sdk/client-ec2";
import { RDSClient } from "@aws-sdk/client-rds";
import { Route53ResolverClient } from "@aws-sdk/client-route53resolver";
import { afterEach } from "@jest/globals";
import { mockClient } from "aws-sdk-client-mock";
import { Ec2Api } from "../../lib/aws/ec2/ec2.ts";
import { noteCall } from "./seen-calls.ts";

/**
 * An EC2 that gives the answers which a test sets, in the form of the API reference: for calls that no emulator has. To be made
 * outside of tests; what is called is noted after each (seen-calls.ts).
 */
export function documentedEc2() {
  const ec2 = mockClient(EC2Client);
  const rds = mockClient(RDSClient);
  const resolver = mockClient(Route53ResolverClient);
  const client = new EC2Client({ region: "eu-west-1", credentials: { accessKeyId: "testing", secretAccessKey: "testing" } });
  const nameOf = (command: object) => command.constructor.name.replace("Command", "");
  afterEach(() => {
    for (const { args } of ec2.calls()) noteCall("documented", `ec2:${nameOf(args[0])}`);
    for (const { args } of rds.calls()) noteCall("documented", `rds:${nameOf(args[0])}`);
    for (const { args } of resolver.calls()) noteCall("documented", `route53resolver:${nameOf(args[0])}`);
  });
  return {
    /** Takes the answers: `ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [] })`. */
    ec2,
    /** Those beside it. */
    rds,
    resolver,
    /** The port before it. */
    api: new Ec2Api(client),
    /** Forgets answers and calls; whatever gets no other answer succeeds. */
    reset: () => {
      ec2.reset();
      rds.reset();
      resolver.reset();
      ec2.onAnyCommand().resolves({});
    },
    /** The changing calls that were made, in order: name and request. */
    sent: () =>
      ec2
        .calls()
        .map(({ args: [command] }) => [nameOf(command), command.input] as const)
        .filter(([name]) => !name.startsWith("Describe")),
  };
}

/** EC2's refusal of a call that the SDK made before, and to which no answer came. */
export function refusedUnanswered(code: string): EC2ServiceException {
  return Object.assign(refusedWith(code), { mayHaveTakenEffect: true });
}

/** EC2's refusal with this code. */
export function refusedWith(code: string, status = 400): EC2ServiceException {
  return new EC2ServiceException({ name: code, $fault: "client", message: "no", $metadata: { httpStatusCode: status } });
}
