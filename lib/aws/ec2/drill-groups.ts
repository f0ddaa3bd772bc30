import { CreateSecurityGroupCommand, DescribeSecurityGroupsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import type { DrillGroups } from "../../guard/drilling/drill-ports.ts";
import { Ec2Error } from "../../guard/ports.ts";
import { asking } from "./ec2-errors.ts";
import { tags } from "./ec2-permissions.ts";
import { filters } from "./reader.ts";

/** Security groups by name over the EC2 API. */
export function drillGroupsOver(client: EC2Client): DrillGroups {
  return {
    named: async (vpc, name) => {
      const Filters = filters({ "vpc-id": vpc, "group-name": name });
      const { SecurityGroups: [found] = [] } = await asking(() => client.send(new DescribeSecurityGroupsCommand({ Filters })));
      return found === undefined ? undefined : { id: found.GroupId ?? "", name, vpc, rules: [], ...tags(found.Tags) };
    },
    create: async ({ vpc, name, description, tags: wanted }) => {
      const Tags = Object.entries(wanted).map(([Key, Value]) => ({ Key, Value }));
      const request = {
        GroupName: name,
        Description: description,
        VpcId: vpc,
        TagSpecifications: [{ ResourceType: "security-group" as const, Tags }],
      };
      const { GroupId: id } = await asking(() => client.send(new CreateSecurityGroupCommand(request)));
      if (id === undefined) throw new Ec2Error("other", "NoGroupId", `EC2 made the group ${name} and did not tell its id`);
      return id;
    },
  };
}
