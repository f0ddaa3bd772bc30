import type { EC2Client } from "@aws-sdk/client-ec2";
import {
  type FirewallRuleGroupAssociation,
  ListFirewallRuleGroupAssociationsCommand,
  Route53ResolverClient,
} from "@aws-sdk/client-route53resolver";
import type { FirewallAssociationFacts } from "../../model/facts.ts";
import { besides } from "./besides.ts";
import { everyPage, type Reader, readerOf } from "./reader.ts";

const PAGE = 100;

/** DNS Firewall rule groups associated with VPCs. */
export function firewallAssociationReader(ec2: EC2Client): Reader<"firewall-association"> {
  const client = new Route53ResolverClient(besides(ec2));
  return readerOf("firewall-association", async (asked) => {
    const place = "where" in asked && asked.where.vpc !== undefined ? { VpcId: asked.where.vpc } : {};
    const found = await everyPage(async (token) => {
      const answer = await client.send(new ListFirewallRuleGroupAssociationsCommand({ ...place, MaxResults: PAGE, ...token }));
      return [answer.FirewallRuleGroupAssociations, answer.NextToken];
    });
    return found.filter(({ Status }) => Status !== "DELETING").map(associationFacts);
  });
}

function associationFacts({ Id, VpcId, FirewallRuleGroupId }: FirewallRuleGroupAssociation): FirewallAssociationFacts {
  return {
    id: Id ?? "",
    ...(VpcId !== undefined && { vpc: VpcId }),
    ...(FirewallRuleGroupId !== undefined && { ruleGroup: FirewallRuleGroupId }),
  };
}
