import {
  AttachInternetGatewayCommand,
  CreateVpcPeeringConnectionCommand,
  DeleteVpcPeeringConnectionCommand,
  DetachInternetGatewayCommand,
  ModifySubnetAttributeCommand,
} from "@aws-sdk/client-ec2";
import { Ec2Error } from "../../guard/ports.ts";
import type { PeeringFacts } from "../../model/facts.ts";
import { call, type Practice, type RemedyOf } from "./practice.ts";

// The other states are ends: EC2 deletes nothing in them.
const LIVING: ReadonlySet<string | undefined> = new Set(["initiating-request", "pending-acceptance", "provisioning", "active"]);

/** Peering connections. One that was deleted can only be requested anew. */
export const peerings: Practice<RemedyOf<"delete-peering" | "request-peering">> = {
  gone: /^InvalidVpcPeeringConnectionI[dD]\.NotFound$/,
  remaining: async (remedy, { readers }) => {
    if (remedy.kind === "delete-peering") {
      const standing = await readers.peering.get(remedy.peering);
      return LIVING.has(standing?.status) ? remedy : undefined;
    }
    const { vpc } = remedy.requester;
    const standing = vpc === undefined ? [] : await readers.peering.list({ vpc });
    return standing.some((one) => LIVING.has(one.status) && joinsSame(one, remedy)) ? undefined : remedy;
  },
  make: async (remedy, dry, { client }) => {
    if (remedy.kind === "delete-peering") {
      await call(dry, () => client.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: remedy.peering, ...dry })));
      return remedy;
    }
    const { requester, accepter } = remedy;
    if (requester.vpc === undefined || accepter.vpc === undefined)
      throw new Ec2Error("other", "UnknownVpc", `the VPCs that ${remedy.peering} joined are not known, so it cannot be requested anew`);
    const request = {
      VpcId: requester.vpc,
      PeerVpcId: accepter.vpc,
      ...(accepter.account !== undefined && { PeerOwnerId: accepter.account }),
      ...(accepter.region !== undefined && { PeerRegion: accepter.region }),
      ...dry,
    };
    const answer = await call(dry, () => client.send(new CreateVpcPeeringConnectionCommand(request)));
    return { ...remedy, peering: answer?.VpcPeeringConnection?.VpcPeeringConnectionId ?? remedy.peering };
  },
};

function joinsSame(one: Pick<PeeringFacts, "requester" | "accepter">, other: Pick<PeeringFacts, "requester" | "accepter">): boolean {
  const vpcs = ({ requester, accepter }: typeof one) => [requester.vpc, accepter.vpc].sort().join();
  return vpcs(one) === vpcs(other);
}

/** Internet gateways and the VPC that they are attached to. */
export const internetGateways: Practice<RemedyOf<"detach-internet-gateway" | "attach-internet-gateway">> = {
  gone: /^(Gateway\.NotAttached|InvalidInternetGatewayI[dD]\.NotFound)$/,
  remaining: async (remedy, { readers }) => {
    const gateway = await readers["internet-gateway"].get(remedy.gateway);
    const isDue =
      remedy.kind === "detach-internet-gateway" ? gateway?.vpc === remedy.vpc : gateway !== undefined && gateway.vpc === undefined;
    return isDue ? remedy : undefined;
  },
  make: async (remedy, dry, { client }) => {
    const place = { InternetGatewayId: remedy.gateway, VpcId: remedy.vpc, ...dry };
    if (remedy.kind === "detach-internet-gateway") await call(dry, () => client.send(new DetachInternetGatewayCommand(place)));
    else await call(dry, () => client.send(new AttachInternetGatewayCommand(place)));
    return remedy;
  },
};

/** Whether a subnet gives public addresses. */
export const publicIps: Practice<RemedyOf<"unset-public-ip" | "set-public-ip">> = {
  gone: /^InvalidSubnetI[dD]\.NotFound$/,
  remaining: async (remedy, { readers }) => {
    const subnet = await readers.subnet.get(remedy.subnet);
    return subnet !== undefined && subnet.autoPublicIp === (remedy.kind === "unset-public-ip") ? remedy : undefined;
  },
  make: async (remedy, dry, { client }) => {
    // This call knows no DryRun.
    if (dry.DryRun === true) return remedy;
    const MapPublicIpOnLaunch = { Value: remedy.kind === "set-public-ip" };
    await call(dry, () => client.send(new ModifySubnetAttributeCommand({ SubnetId: remedy.subnet, MapPublicIpOnLaunch })));
    return remedy;
  },
};
