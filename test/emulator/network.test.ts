import {
  AttachInternetGatewayCommand,
  CreateEgressOnlyInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateNetworkAclCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  CreateVpcEndpointServiceConfigurationCommand,
  CreateVpcPeeringConnectionCommand,
  DescribeVpcsCommand,
  EC2Client,
  ModifyVpcEndpointServicePermissionsCommand,
} from "@aws-sdk/client-ec2";
import { CreateDBSubnetGroupCommand, RDSClient } from "@aws-sdk/client-rds";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { Ec2Api } from "../../lib/aws/ec2/ec2.ts";
import { startEc2Recorder } from "../support/ec2-recorder.ts";
import { describeOnEmulators } from "../support/emulator-suite.ts";
import { type Emulator, REGION, startMoto } from "../support/emulators.ts";
import { type NetworkStage, testNetworkContract } from "../support/network-contract.ts";

// moto 5.2 forgets the ICMP type of an entry.
const NOT_IN_MOTO = ["delete-acl-entry that lets ICMP out"];

describeOnEmulators("the network on the EC2 API (moto)", () => {
  testNetworkContract(async () => {
    const moto = await startMoto();
    const recorder = await startEc2Recorder(moto.url);
    const tested = new EC2Client({ ...moto.client, endpoint: recorder.url });
    const [ec2, rds, s3] = [new EC2Client(moto.client), new RDSClient(moto.client), new S3Client({ ...moto.client, forcePathStyle: true })];
    await s3.send(new CreateBucketCommand({ Bucket: "flow-logs", CreateBucketConfiguration: { LocationConstraint: REGION } }));
    return {
      ...stageHand(ec2, rds, moto),
      ec2: new Ec2Api(tested),
      destination: "arn:aws:s3:::flow-logs",
      close: async () => {
        for (const client of [tested, ec2, rds, s3]) client.destroy();
        await recorder.close();
        await moto.stop();
      },
    };
  }, NOT_IN_MOTO);
});

function stageHand(ec2: EC2Client, rds: RDSClient, moto: Emulator): Omit<NetworkStage, "ec2" | "destination" | "close"> {
  let made = 0;
  return {
    createVpc: async () => (await ec2.send(new CreateVpcCommand({ CidrBlock: `10.${++made}.0.0/16` }))).Vpc?.VpcId ?? "",
    createSubnet: async (vpc) => {
      const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [vpc] }));
      const CidrBlock = Vpcs?.[0]?.CidrBlock?.replace("/16", "/24");
      return (await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock }))).Subnet?.SubnetId ?? "";
    },
    createRouteTable: async (vpc) => (await ec2.send(new CreateRouteTableCommand({ VpcId: vpc }))).RouteTable?.RouteTableId ?? "",
    createInternetGateway: async (vpc) => {
      const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
      const id = InternetGateway?.InternetGatewayId ?? "";
      if (vpc !== undefined) await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: id, VpcId: vpc }));
      return id;
    },
    createEgressOnlyGateway: async (vpc) => {
      const { EgressOnlyInternetGateway } = await ec2.send(new CreateEgressOnlyInternetGatewayCommand({ VpcId: vpc }));
      return EgressOnlyInternetGateway?.EgressOnlyInternetGatewayId ?? "";
    },
    createNatGateway: async (subnet) => {
      const { NatGateway } = await ec2.send(new CreateNatGatewayCommand({ SubnetId: subnet, ConnectivityType: "private" }));
      return NatGateway?.NatGatewayId ?? "";
    },
    createPeering: async (requester, accepter) => {
      const { VpcPeeringConnection } = await ec2.send(new CreateVpcPeeringConnectionCommand({ VpcId: requester, PeerVpcId: accepter }));
      return VpcPeeringConnection?.VpcPeeringConnectionId ?? "";
    },
    createEndpoint: async (vpc, table) => {
      const service = `com.amazonaws.${REGION}.s3`;
      const request = { VpcId: vpc, VpcEndpointType: "Gateway" as const, ServiceName: service, RouteTableIds: [table] };
      return (await ec2.send(new CreateVpcEndpointCommand(request))).VpcEndpoint?.VpcEndpointId ?? "";
    },
    createEndpointService: async (subnet) => {
      const balancer = await createLoadBalancer(moto, `balancer-${++made}`, subnet);
      const { ServiceConfiguration } = await ec2.send(
        new CreateVpcEndpointServiceConfigurationCommand({ NetworkLoadBalancerArns: [balancer], AcceptanceRequired: false }),
      );
      const ServiceId = ServiceConfiguration?.ServiceId ?? "";
      await ec2.send(new ModifyVpcEndpointServicePermissionsCommand({ ServiceId, AddAllowedPrincipals: ["*"] }));
      return ServiceId;
    },
    createNetworkAcl: async (vpc) => (await ec2.send(new CreateNetworkAclCommand({ VpcId: vpc }))).NetworkAcl?.NetworkAclId ?? "",
    createDbSubnetGroup: async (_vpc, subnets) => {
      const name = `group-${++made}`;
      const request = { DBSubnetGroupName: name, DBSubnetGroupDescription: name, SubnetIds: [...subnets] };
      await rds.send(new CreateDBSubnetGroupCommand(request));
      return name;
    },
    createNetworkInterface: async (_, subnet) => {
      const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnet }));
      return NetworkInterface?.NetworkInterfaceId ?? "";
    },
  };
}

// An endpoint service stands on a network load balancer, of which nothing but its arn matters here: no client of its own for it.
async function createLoadBalancer(moto: Emulator, name: string, subnet: string): Promise<string> {
  const answer = await fetch(moto.url, {
    method: "POST",
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=testing/20260101/${REGION}/elasticloadbalancing/aws4_request, SignedHeaders=host, Signature=none`,
    },
    body: new URLSearchParams({
      Action: "CreateLoadBalancer",
      Version: "2015-12-01",
      Name: name,
      Type: "network",
      "Subnets.member.1": subnet,
    }),
  });
  const text = await answer.text();
  const arn = /<LoadBalancerArn>(.*?)<\/LoadBalancerArn>/.exec(text)?.[1];
  if (arn === undefined) throw new Error(`moto made no load balancer: ${text}`);
  return arn;
}
