import { describe, expect, test } from "@jest/globals";
import { changesOf } from "../../lib/cloudtrail/parse.ts";
import { effectsOf, onlyChange, readJson, set } from "./read-event.ts";

const read = (name: string) => readJson(`constructed/${name}.json`);
const REQUEST = "detail.requestParameters";
const ANSWER = "detail.responseElements";

describe("peering connections", () => {
  const asked = read("138-CreateVpcPeeringConnection-with-a-stranger-in-another-region");
  const requester = {
    vpc: "vpc-0f3b6aa14474bd9ea",
    account: "111122223333",
    region: "eu-west-1",
    resolvesDns: false,
    cidrs: ["10.60.0.0/16"],
  };
  const accepter = { vpc: "vpc-0fedcba9876543210", account: "999988887777", region: "us-east-1", cidrs: [] };

  test("with two sides, that of another account without CIDRs", () => {
    expect(effectsOf(asked)).toMatchObject([
      { op: "create", kind: "peering", facts: { status: "initiating-request", requester, accepter } },
    ]);
  });

  test("without an answer about the sides: whoever asks is one, and what it does not name is its own", () => {
    const id = { vpcPeeringConnectionId: "pcx-1" };
    const { cidrs: _, resolvesDns: __, ...side } = requester;
    const far = set(asked, `${ANSWER}.vpcPeeringConnection`, id);
    expect(effectsOf(far)).toMatchObject([{ facts: { requester: { ...side, cidrs: [] }, accepter } }]);
    const near = set(far, REQUEST, { vpcId: "vpc-1", peerVpcId: "vpc-2" });
    const own = { account: "111122223333", region: "eu-west-1", cidrs: [] };
    expect(effectsOf(near)).toEqual([
      {
        op: "create",
        kind: "peering",
        id: "pcx-1",
        facts: { id: "pcx-1", requester: { ...own, vpc: "vpc-1" }, accepter: { ...own, vpc: "vpc-2" } },
      },
    ]);
  });

  test("accepted, with the CIDRs of both sides and both families; with a bare answer, that it is accepted", () => {
    const accept = read("133-AcceptVpcPeeringConnection-of-the-same-account");
    const side = `${ANSWER}.vpcPeeringConnection.accepterVpcInfo`;
    const dual = set(accept, `${side}.ipv6CidrBlockSet`, { items: [{ ipv6CidrBlock: "2001:DB8:70::/56" }] });
    expect(effectsOf(dual)).toMatchObject([
      { op: "create", facts: { status: "active", accepter: { cidrs: ["10.70.0.0/16", "2001:db8:70::/56"] } } },
    ]);
    const { subject } = onlyChange(accept);
    expect(effectsOf(set(accept, ANSWER, { requestId: "r" }))).toEqual([{ op: "update", ...subject, facts: { status: "active" } }]);
  });

  test("rejected, deleted, and whose sides resolve each other's names", () => {
    expect(effectsOf(read("141-RejectVpcPeeringConnection-of-a-stranger"))).toMatchObject([
      { op: "update", facts: { status: "rejected" } },
    ]);
    expect(effectsOf(read("139-DeleteVpcPeeringConnection-with-a-stranger"))).toMatchObject([
      { op: "update", facts: { status: "deleted" } },
    ]);
    const options = read("137-ModifyVpcPeeringConnectionOptions-names-of-the-other-side");
    expect(effectsOf(options)).toMatchObject([{ op: "update", kind: "peering", facts: { requester: { resolvesDns: true } } }]);
    const other = {
      VpcPeeringConnectionId: "pcx-1",
      AccepterPeeringConnectionOptions: { AllowEgressFromLocalVpcToRemoteClassicLink: true },
    };
    expect(effectsOf(set(options, `${REQUEST}.ModifyVpcPeeringConnectionOptionsRequest`, other))).toEqual([]);
  });
});

describe("transit gateways", () => {
  test("an attachment with its VPC, also in a recorded event whose wrapper is abbreviated", () => {
    expect(onlyChange(readJson("cloud-custodian/003-DeleteTransitGatewayVpcAttachment.json"))).toMatchObject({
      subject: { kind: "transit-gateway-attachment", id: "tgw-attach-0814a77755bf02f0e" },
      details: { vpcId: "vpc-0e2a18296548d753e", vpcOwnerId: "012345678912" },
    });
    const attached = onlyChange(read("142-CreateTransitGatewayVpcAttachment"));
    expect(attached).not.toHaveProperty("claim");
    expect(attached.details).toMatchObject({ vpcId: "vpc-0f3b6aa14474bd9ea", vpcOwnerId: "111122223333" });
  });

  test.each([
    ["requested", "145-CreateTransitGatewayPeeringAttachment-with-a-stranger"],
    ["deleted", "146-DeleteTransitGatewayPeeringAttachment-with-a-stranger"],
    ["accepted", "147-AcceptTransitGatewayPeeringAttachment-of-a-stranger"],
    ["rejected", "148-RejectTransitGatewayPeeringAttachment-of-a-stranger"],
  ])("a peering that is %s: the other side is the one that is not the caller's", (_, name) => {
    expect(onlyChange(read(name)).details).toMatchObject({ peerAccountId: "999988887777", peerRegion: "us-east-1" });
  });

  test("a peering within an account: the other side is in another region", () => {
    const { details } = onlyChange(read("149-CreateTransitGatewayPeeringAttachment-of-the-same-account"));
    expect(details).toMatchObject({ peerAccountId: "111122223333", peerRegion: "eu-central-1" });
  });

  test("routes, with the attachment or without a way", () => {
    const { subject, details } = onlyChange(read("150-CreateTransitGatewayRoute-to-a-stranger"));
    expect(subject.kind).toBe("transit-gateway-route-table");
    expect(details).toEqual({ destinationCidrBlock: "10.200.0.0/16", transitGatewayAttachmentId: expect.stringMatching(/^tgw-attach-/) });
    expect(onlyChange(read("152-CreateTransitGatewayRoute-that-drops")).details).toEqual({
      destinationCidrBlock: "192.168.0.0/16",
      blackhole: "true",
    });
  });
});

describe("VPNs", () => {
  const download = read("109-GetVpnConnectionDeviceSampleConfiguration-marked-as-read-only");

  test("a configuration that was downloaded is no mere read: it holds the keys", () => {
    const subject = { kind: "vpn-connection", id: "vpn-0120611804c5e4e2a" };
    expect(onlyChange(download)).toMatchObject({ subject, actor: { session: "ada" }, details: { vpnConnectionDeviceTypeId: "5fb390ba" } });
    expect(onlyChange(set(download, "detail.readOnly", false)).subject).toEqual(subject);
  });

  test("connections with their ends, and never a key", () => {
    expect(onlyChange(read("108-CreateVpnConnection")).details).toEqual({
      customerGatewayId: "cgw-095f2ee5734b843a1",
      vpnGatewayId: "vgw-06a43331b1256e1b5",
    });
    const secret = `${REQUEST}.ModifyVpnTunnelOptionsRequest.TunnelOptions.PreSharedKey`;
    const tunnel = onlyChange(set(read("110-ModifyVpnTunnelOptions-another-key"), secret, "hunter2hunter2"));
    expect(tunnel.details).toEqual({ vpnTunnelOutsideIpAddress: "203.0.113.10" });
    expect(JSON.stringify(tunnel)).not.toContain("hunter2");
  });

  test("gateways of both ends", () => {
    expect(onlyChange(read("105-AttachVpnGateway"))).toMatchObject({
      subject: { kind: "vpn-gateway" },
      details: { vpcId: "vpc-0f3b6aa14474bd9ea" },
    });
    expect(onlyChange(read("107-CreateCustomerGateway"))).toMatchObject({
      subject: { kind: "vpn-gateway", id: "cgw-095f2ee5734b843a1" },
      details: { ipAddress: "203.0.113.200" },
    });
  });

  test("a connection that is not named is unreadable", () => {
    const reason = expect.stringContaining("it names no VPN connection id");
    expect(changesOf(set(download, REQUEST, null))).toEqual({ kind: "unreadable", reason });
  });
});
