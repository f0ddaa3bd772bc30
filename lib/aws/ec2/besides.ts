import type { EC2Client } from "@aws-sdk/client-ec2";

/** What a client of a service beside EC2 is made of: the region, credentials and endpoint (of an emulator) of the EC2 client. */
export function besides({ config }: EC2Client) {
  const { region, credentials, endpoint, maxAttempts } = config;
  return { region, credentials, maxAttempts, ...(endpoint !== undefined && { endpoint }) };
}
