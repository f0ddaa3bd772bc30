import {
  DescribeVpcBlockPublicAccessExclusionsCommand,
  DescribeVpcBlockPublicAccessOptionsCommand,
  type EC2Client,
  type VpcBlockPublicAccessExclusion,
} from "@aws-sdk/client-ec2";
import { BLOCK_PUBLIC_ACCESS, type BlockPublicAccessExclusion, type BlockPublicAccessFacts } from "../../model/facts.ts";
import { asking } from "./ec2-errors.ts";
import { everyPage, type Reader, readerOf } from "./reader.ts";

const PAGE = 1000;
// What was never made, was taken away, or counts no more since the account allows no exclusions.
const NO_EXCLUSION: ReadonlySet<string | undefined> = new Set([
  "create-failed",
  "delete-in-progress",
  "delete-complete",
  "disable-complete",
]);

/** VPC block public access of the region, with its exclusions; there is always exactly one. */
export function blockPublicAccessReader(client: EC2Client): Reader<"block-public-access"> {
  return readerOf("block-public-access", async () => {
    const [options, exclusions] = await Promise.all([
      asking(() => client.send(new DescribeVpcBlockPublicAccessOptionsCommand({}))),
      everyPage(async (token) => {
        const answer = await client.send(new DescribeVpcBlockPublicAccessExclusionsCommand({ MaxResults: PAGE, ...token }));
        return [answer.VpcBlockPublicAccessExclusions, answer.NextToken];
      }),
    ]);
    const mode = options.VpcBlockPublicAccessOptions?.InternetGatewayBlockMode;
    const facts: BlockPublicAccessFacts = {
      id: BLOCK_PUBLIC_ACCESS,
      ...(mode !== undefined && { mode }),
      exclusions: exclusions.flatMap(exclusionFacts),
    };
    return [facts];
  });
}

function exclusionFacts(found: VpcBlockPublicAccessExclusion): BlockPublicAccessExclusion[] {
  const { ExclusionId, InternetGatewayExclusionMode, ResourceArn, State } = found;
  if (ExclusionId === undefined || NO_EXCLUSION.has(State)) return [];
  // `arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0abc`
  const resource = ResourceArn?.slice(ResourceArn.lastIndexOf("/") + 1);
  return [
    {
      id: ExclusionId,
      ...(resource !== undefined && { resource }),
      ...(InternetGatewayExclusionMode !== undefined && { mode: InternetGatewayExclusionMode }),
    },
  ];
}
