import type { Placement } from "../planned/plan.ts";
import type { Properties } from "./properties.ts";

/** The properties of a type that name security groups and subnets, and those in which they stand. */
interface Naming {
  readonly within?: readonly string[];
  readonly groups: string;
  readonly subnets?: string;
  readonly subnetGroup?: string;
}

const BALANCER: Naming = { groups: "SecurityGroups", subnets: "Subnets" };

/** What stands in subnets under security groups, by type. Where each names them, the template reference of the type says. */
const PLACED: Readonly<Record<string, readonly Naming[]>> = {
  "AWS::EC2::Instance": [
    { groups: "SecurityGroupIds", subnets: "SubnetId" },
    { within: ["NetworkInterfaces"], groups: "GroupSet", subnets: "SubnetId" },
  ],
  "AWS::EC2::VPCEndpoint": [{ groups: "SecurityGroupIds", subnets: "SubnetIds" }],
  "AWS::ElasticLoadBalancingV2::LoadBalancer": [BALANCER],
  "AWS::ElasticLoadBalancing::LoadBalancer": [BALANCER],
  "AWS::Lambda::Function": [{ within: ["VpcConfig"], groups: "SecurityGroupIds", subnets: "SubnetIds" }],
  "AWS::RDS::DBInstance": [{ groups: "VPCSecurityGroups", subnetGroup: "DBSubnetGroupName" }],
  "AWS::RDS::DBCluster": [{ groups: "VpcSecurityGroupIds", subnetGroup: "DBSubnetGroupName" }],
  "AWS::ECS::Service": [{ within: ["NetworkConfiguration", "AwsvpcConfiguration"], groups: "SecurityGroups", subnets: "Subnets" }],
  "AWS::EKS::Cluster": [{ within: ["ResourcesVpcConfig"], groups: "SecurityGroupIds", subnets: "SubnetIds" }],
  "AWS::EFS::MountTarget": [{ groups: "SecurityGroups", subnets: "SubnetId" }],
};

/** Where a resource is placed, as far as its properties tell. */
export function placementsOf(type: string, address: string, properties: Properties): Placement[] {
  const namings = Object.hasOwn(PLACED, type) ? (PLACED[type] ?? []) : [];
  return namings.flatMap(({ within = [], groups, subnets, subnetGroup }) => {
    const parts = within.reduce<readonly Properties[]>((all, name) => all.flatMap((one) => one.maps(name)), [properties]);
    return parts.flatMap((part): Placement[] => {
      const named = part.texts(groups);
      if (named.length === 0) return [];
      const group = subnetGroup === undefined ? undefined : part.text(subnetGroup);
      return [
        {
          address,
          groups: named,
          subnets: subnets === undefined ? [] : part.texts(subnets),
          ...(group !== undefined && { subnetGroup: group }),
        },
      ];
    });
  });
}
