import type { Placement } from "../planned/plan.ts";
import type { Attributes } from "./attributes.ts";
import { TYPES, told } from "./reading.ts";

/** The attributes of a type that name security groups and subnets, and the block in which they stand. */
interface Naming {
  readonly block?: string;
  readonly groups: string;
  readonly subnet?: string;
  readonly subnets?: string;
  readonly subnetGroup?: string;
}

const BALANCER: Naming = { groups: "security_groups", subnets: "subnets" };
const DATABASE: Naming = { groups: "vpc_security_group_ids", subnetGroup: "db_subnet_group_name" };

/** What stands in subnets under security groups, by type. Where each names them, the provider's documentation of the type says. */
export const PLACED: Readonly<Record<string, Naming>> = {
  aws_instance: { groups: "vpc_security_group_ids", subnet: "subnet_id" },
  aws_lb: BALANCER,
  aws_alb: BALANCER,
  aws_elb: BALANCER,
  aws_lambda_function: { block: "vpc_config", groups: "security_group_ids", subnets: "subnet_ids" },
  aws_db_instance: DATABASE,
  aws_rds_cluster: DATABASE,
  aws_ecs_service: { block: "network_configuration", groups: "security_groups", subnets: "subnets" },
  aws_eks_cluster: { block: "vpc_config", groups: "security_group_ids", subnets: "subnet_ids" },
  aws_vpc_endpoint: { groups: "security_group_ids", subnets: "subnet_ids" },
  aws_efs_mount_target: { groups: "security_groups", subnet: "subnet_id" },
};

/** Where a resource is placed; undefined where it names no group. Throws UnreadableValueError. */
export function placementOf(type: string, address: string, attributes: Attributes): Placement | undefined {
  const naming = Object.hasOwn(PLACED, type) ? PLACED[type] : undefined;
  const within = naming?.block === undefined ? attributes : attributes.blocks(naming.block)?.[0];
  if (naming === undefined || within === undefined) return undefined;
  const groups = within.refs(naming.groups, TYPES.group);
  if (groups.length === 0) return undefined;
  const own = naming.subnet === undefined ? undefined : within.ref(naming.subnet, TYPES.subnet);
  const several = naming.subnets === undefined ? [] : within.refs(naming.subnets, TYPES.subnet);
  const subnetGroup = naming.subnetGroup === undefined ? undefined : within.ref(naming.subnetGroup, ["aws_db_subnet_group"]);
  return { address, groups, subnets: own === undefined ? several : [own, ...several], ...told({ subnetGroup }) };
}
