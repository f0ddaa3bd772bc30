import type { Kind } from "../model/facts.ts";
import type { Plan, PlannedAct } from "../planned/plan.ts";
import { endpointTypes } from "./endpoints.ts";
import { gatewayTypes } from "./gateways.ts";
import { addMadeWithVpc, settle } from "./made-by-ec2.ts";
import { Network, type Origin } from "./network.ts";
import { networkAclTypes } from "./network-acls.ts";
import { otherTypes } from "./other-types.ts";
import { placementsOf } from "./placements.ts";
import { Properties } from "./properties.ts";
import { routeTableTypes } from "./route-tables.ts";
import { securityGroupTypes } from "./security-groups.ts";
import type { Stack } from "./stack.ts";
import type { Declared } from "./template.ts";
import { STAGES, type Types } from "./types.ts";
import { NotKnown, type Values } from "./value.ts";
import { vpcTypes } from "./vpcs.ts";

/** Every type that is a part of a network. */
export const TYPES: Types = {
  ...vpcTypes,
  ...securityGroupTypes,
  ...routeTableTypes,
  ...gatewayTypes,
  ...endpointTypes,
  ...networkAclTypes,
  ...otherTypes,
};

const PROTECTS_VPC: ReadonlySet<string> = new Set([
  "AWS::EC2::FlowLog",
  "AWS::EC2::VPCEndpoint",
  "AWS::Route53Resolver::FirewallRuleGroupAssociation",
]);

/** What of a stack is to be planned: what becomes of a resource, `create` unless told, or that it is left out. */
export interface PlannedStack {
  readonly stack: Stack;
  readonly actOn?: (name: string) => PlannedAct | "remove" | "not judged";
  /** The properties as a change set tells them, in the place of those of the template. */
  readonly propertiesOf?: (name: string) => Values | undefined;
}

interface Ready {
  readonly type: string;
  readonly properties: Properties;
  readonly origin: Origin;
}

/** The network that stacks of one account and region leave, seen together. Throws TemplateError. */
export function planOf(stacks: readonly PlannedStack[]): Plan {
  const network = new Network();
  const ready = stacks.flatMap((planned) => readyIn(planned, network));
  for (const stage of STAGES) {
    for (const { type, properties, origin } of ready) {
      TYPES[type]?.[stage]?.(properties, origin, network);
      const vpc = stage === "make" && type === "AWS::EC2::VPC" ? network.get("vpc", origin.id) : undefined;
      if (vpc !== undefined) addMadeWithVpc(vpc, origin, network);
    }
  }
  settle(network);
  const { account, region } = stacks[0]?.stack.deployment ?? {};
  return {
    source: "cloudformation",
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
    resources: network.resources(),
    placements: network.placements,
    notJudged: network.notJudged,
  };
}

/** What kind of resource a type is, or is a part of; undefined for those that are no part of a network. */
export function kindOfType(type: string): Kind | undefined {
  return Object.hasOwn(TYPES, type) ? TYPES[type]?.kind : undefined;
}

/** True for what a VPC must not be thought to have while it is not known whether it is there. */
export function protectsVpc(type: string): boolean {
  return PROTECTS_VPC.has(type);
}

function readyIn({ stack, actOn, propertiesOf }: PlannedStack, network: Network): Ready[] {
  const { file } = stack.template;
  const leave = (address: string, needs: string, line: number | undefined, kind?: Kind) =>
    network.notJudged.push({
      address,
      ...(kind !== undefined && { kind }),
      needs,
      location: { file, ...(line !== undefined && { line }) },
    });
  for (const { name, why, line, types } of stack.leftOut) {
    const kinds = types === undefined ? [undefined] : types.flatMap(kindsLeftOut);
    for (const kind of new Set(kinds)) leave(stack.addressOf(name), why, line, kind);
  }
  for (const macro of stack.macros) leave(stack.deployment.stack ?? file, `what the macro ${macro} adds and changes`, undefined);

  const ready = [...stack.resources.values()].flatMap((resource): Ready[] => {
    const { name, type, condition, line } = resource;
    const address = stack.addressOf(name);
    const met = condition === undefined ? true : stack.condition(condition, resource.properties);
    if (met === false) return [];
    const evaluated = propertiesOf?.(name) ?? stack.propertiesOf(resource);
    const act = actOn?.(name) ?? "create";
    if (act === "remove") return [];
    const needs = neededFor(resource, stack);
    if (needs !== undefined) leave(address, needs, line);
    const kind = kindOfType(type);
    const written = evaluated instanceof NotKnown ? {} : evaluated;
    network.placements.push(...placementsOf(type, address, new Properties(written, resource.properties)));
    if (kind === undefined) return [];
    if (act === "not judged") {
      leave(address, "what the change set, which does not tell it yet, does to it", line, kind);
      return [];
    }
    const properties = new Properties(written, resource.properties);
    if (evaluated instanceof NotKnown) properties.leaveOpen("Properties", evaluated.why);
    for (const macro of [...stack.macros, ...(resource.macro === undefined ? [] : [resource.macro])]) {
      properties.leaveOpen("Properties", `the macro ${macro} may change them`);
    }
    if (met instanceof NotKnown) {
      properties.leaveOpen("Condition", `${condition}: ${met.why}`);
      if (protectsVpc(type)) leave(address, `whether it is made, which condition ${condition} tells: ${met.why}`, line, "vpc");
    }
    const { account, region, stack: stackName } = stack.deployment;
    const origin: Origin = {
      id: stack.idOf(resource) ?? stack.addressOf(name),
      address,
      act,
      location: { file, ...(line !== undefined && { line }) },
      account,
      region,
      name: stackName === undefined ? name : `${stackName}-${name}`,
    };
    return [{ type, properties, origin }];
  });
  stack.checkCircles();
  return ready;
}

// Nobody misses what is no part of a network; of what holds others, nobody knows what it is.
function kindsLeftOut(type: string): (Kind | undefined)[] {
  if (heldBy(type) !== undefined || type.startsWith("AWS::Serverless::")) return [undefined];
  const kind = kindOfType(type);
  return [...(kind === undefined ? [] : [kind]), ...(protectsVpc(type) ? ["vpc" as const] : [])];
}

// What makes resources that no template here holds.
function neededFor({ name, type, macro }: Declared, { template, deployment }: Stack): string | undefined {
  if (deployment.nested?.has(name)) return undefined;
  const serverless = type.startsWith("AWS::Serverless::") ? template.macros.find((one) => one.startsWith("AWS::Serverless-")) : undefined;
  const changing = macro ?? serverless;
  return changing === undefined ? heldBy(type) : `what the macro ${changing} makes of it`;
}

const HOLDERS: Readonly<Record<string, string>> = {
  "AWS::CloudFormation::Stack": "the template of the nested stack",
  "AWS::CloudFormation::StackSet": "the template of the stack set",
  "AWS::ServiceCatalog::CloudFormationProvisionedProduct": "the template of the product",
};

/** What would have to be known of a resource that holds others; undefined for those that hold none. */
export function heldBy(type: string): string | undefined {
  if (type.endsWith("::MODULE")) return `what the module ${type} holds`;
  return Object.hasOwn(HOLDERS, type) ? HOLDERS[type] : undefined;
}
