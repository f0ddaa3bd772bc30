/** The page of a security group in the AWS console; undefined where region or id are not of the form that AWS uses. */
export function securityGroupPage(region: string, group: string): URL | undefined {
  const host = consoleHost(region);
  if (host === undefined || !/^sg-[0-9a-z]+$/.test(group)) return undefined;
  return new URL(`https://${host}/ec2/home?region=${region}#SecurityGroup:groupId=${group}`);
}

// Each partition has a console of its own (https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html);
// those of the isolated and sovereign partitions cannot be reached from here or are not known to us.
function consoleHost(region: string): string | undefined {
  if (!/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/.test(region) || /^[a-z]{2}-iso/.test(region)) return undefined;
  if (region.startsWith("cn-")) return `${region}.console.amazonaws.cn`;
  if (region.startsWith("us-gov-")) return `${region}.console.amazonaws-us-gov.com`;
  return `${region}.console.aws.amazon.com`;
}
