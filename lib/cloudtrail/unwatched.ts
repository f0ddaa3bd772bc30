// Grouped by the reason; a test holds the list against every write that the EC2 SDK exports, so a new call fails it.
const UNWATCHED: readonly (readonly [reason: string, calls: string])[] = [
  [
    "traffic mirrors copy packets and open no path",
    `
    CreateTrafficMirrorFilter CreateTrafficMirrorFilterRule CreateTrafficMirrorSession CreateTrafficMirrorTarget
    DeleteTrafficMirrorFilter DeleteTrafficMirrorFilterRule DeleteTrafficMirrorSession DeleteTrafficMirrorTarget
    ModifyTrafficMirrorFilterNetworkServices ModifyTrafficMirrorFilterRule ModifyTrafficMirrorSession
    `,
  ],
  [
    "IP address management plans addresses and moves no packet",
    `
    AdvertiseByoipCidr AllocateIpamPoolCidr AssociateIpamByoasn AssociateIpamResourceDiscovery BatchModifyIpamRoutingPolicyRegistrations
    CreateIpam CreateIpamExternalResourceVerificationToken CreateIpamInternetRegistryAssociation CreateIpamPolicy CreateIpamPool
    CreateIpamResourceDiscovery CreateIpamRoutingPolicyRegistration CreateIpamScope CreatePublicIpv4Pool DeleteIpam
    DeleteIpamExternalResourceVerificationToken DeleteIpamInternetRegistryAssociation DeleteIpamPolicy DeleteIpamPool
    DeleteIpamResourceDiscovery DeleteIpamRoutingPolicyRegistration DeleteIpamScope DeletePublicIpv4Pool DeprovisionByoipCidr
    DeprovisionIpamByoasn DeprovisionIpamPoolCidr DeprovisionPublicIpv4PoolCidr DisableIpamOrganizationAdminAccount DisableIpamPolicy
    DisassociateIpamByoasn DisassociateIpamResourceDiscovery EnableIpamInternetRegistryAssociation EnableIpamOrganizationAdminAccount
    EnableIpamPolicy ModifyIpam ModifyIpamPolicyAllocationRules ModifyIpamPool ModifyIpamPoolAllocation ModifyIpamResourceCidr
    ModifyIpamResourceDiscovery ModifyIpamRoutingPolicyRegistration ModifyIpamScope MoveByoipCidrToIpam ProvisionByoipCidr
    ProvisionIpamByoasn ProvisionIpamPoolCidr ProvisionPublicIpv4PoolCidr ReleaseIpamPoolAllocation WithdrawByoipCidr
    `,
  ],
  [
    "it measures, names, reserves or pays, and does not change who can reach what",
    `
    AssociateDhcpOptions AssociateNetworkingFlexCostAllocationPolicy CreateDhcpOptions CreateNetworkInsightsAccessScope
    CreateNetworkInsightsPath CreateNetworkingFlexCostAllocationPolicy CreateSubnetCidrReservation CreateTransitGatewayMeteringPolicy
    CreateTransitGatewayMeteringPolicyEntry CreateVpcEncryptionControl CreateVpcEndpointConnectionNotification DeleteDhcpOptions
    DeleteNetworkInsightsAccessScope DeleteNetworkInsightsAccessScopeAnalysis DeleteNetworkInsightsAnalysis DeleteNetworkInsightsPath
    DeleteNetworkingFlexCostAllocationPolicies DeleteSubnetCidrReservation DeleteTransitGatewayMeteringPolicy
    DeleteTransitGatewayMeteringPolicyEntry DeleteVpcEncryptionControl DeleteVpcEndpointConnectionNotifications
    DisableAwsNetworkPerformanceMetricSubscription DisassociateNetworkingFlexCostAllocationPolicy
    EnableAwsNetworkPerformanceMetricSubscription EnableReachabilityAnalyzerOrganizationSharing ModifyAccountVpcEncryptionControl
    ModifyAddressAttribute ModifyInstanceMetadataDefaults ModifyInstanceMetadataOptions ModifyInstanceNetworkPerformanceOptions
    ModifyNetworkingFlexCostAllocationPolicy ModifyPrivateDnsNameOptions ModifyPublicIpDnsNameOptions ModifyTransitGatewayMeteringPolicy
    ModifyVerifiedAccessInstanceLoggingConfiguration ModifyVpcAttribute ModifyVpcEncryptionControl
    ModifyVpcEndpointConnectionNotification ModifyVpcEndpointPayerResponsibility ModifyVpcEndpointServicePayerResponsibility
    ModifyVpcTenancy ResetAddressAttribute StartNetworkInsightsAccessScopeAnalysis StartNetworkInsightsAnalysis
    StartVpcEndpointServicePrivateDnsVerification
    `,
  ],
  [
    "prefix list resolvers: what IPAM writes into a list comes by no call; it is judged when the list, or what names it, changes next",
    `
    CreateIpamPrefixListResolver CreateIpamPrefixListResolverTarget DeleteIpamPrefixListResolver DeleteIpamPrefixListResolverTarget
    ModifyIpamPrefixListResolver ModifyIpamPrefixListResolverTarget
    `,
  ],
  [
    "Verified Access lets people in by policies of its own, which no rule judges",
    `
    AttachVerifiedAccessTrustProvider CreateVerifiedAccessEndpoint CreateVerifiedAccessGroup CreateVerifiedAccessInstance
    CreateVerifiedAccessTrustProvider DeleteVerifiedAccessEndpoint DeleteVerifiedAccessGroup DeleteVerifiedAccessInstance
    DeleteVerifiedAccessTrustProvider DetachVerifiedAccessTrustProvider ModifyVerifiedAccessEndpoint ModifyVerifiedAccessEndpointPolicy
    ModifyVerifiedAccessGroup ModifyVerifiedAccessGroupPolicy ModifyVerifiedAccessInstance ModifyVerifiedAccessTrustProvider
    `,
  ],
  [
    "inside a transit gateway: what enters it is judged where the route tables of VPCs lead into it",
    `
    AcceptTransitGatewayClientVpnAttachment AcceptTransitGatewayMulticastDomainAssociations AssociateTransitGatewayMulticastDomain
    AssociateTransitGatewayPolicyTable AssociateTransitGatewayRouteTable CreateTransitGateway CreateTransitGatewayConnect
    CreateTransitGatewayConnectPeer CreateTransitGatewayMulticastDomain CreateTransitGatewayPolicyTable
    CreateTransitGatewayPolicyTableEntry CreateTransitGatewayPrefixListReference CreateTransitGatewayRouteTable
    CreateTransitGatewayRouteTableAnnouncement DeleteTransitGateway DeleteTransitGatewayClientVpnAttachment DeleteTransitGatewayConnect
    DeleteTransitGatewayConnectPeer DeleteTransitGatewayMulticastDomain DeleteTransitGatewayPolicyTable
    DeleteTransitGatewayPolicyTableEntry DeleteTransitGatewayPrefixListReference DeleteTransitGatewayRouteTable
    DeleteTransitGatewayRouteTableAnnouncement DeregisterTransitGatewayMulticastGroupMembers
    DeregisterTransitGatewayMulticastGroupSources DisableTransitGatewayRouteTablePropagation DisassociateTransitGatewayMulticastDomain
    DisassociateTransitGatewayPolicyTable DisassociateTransitGatewayRouteTable EnableTransitGatewayRouteTablePropagation
    ModifyTransitGateway ModifyTransitGatewayAttachmentNatConfiguration ModifyTransitGatewayPolicyTableEntry
    ModifyTransitGatewayPrefixListReference ModifyTransitGatewayVpcAttachment RegisterTransitGatewayMulticastGroupMembers
    RegisterTransitGatewayMulticastGroupSources RejectTransitGatewayClientVpnAttachment RejectTransitGatewayMulticastDomainAssociations
    `,
  ],
  [
    "on Outposts: no rule judges local gateways",
    `
    CreateCoipCidr CreateCoipPool CreateLocalGatewayRoute CreateLocalGatewayRouteTable
    CreateLocalGatewayRouteTableVirtualInterfaceGroupAssociation CreateLocalGatewayRouteTableVpcAssociation
    CreateLocalGatewayVirtualInterface CreateLocalGatewayVirtualInterfaceGroup DeleteCoipCidr DeleteCoipPool DeleteLocalGatewayRoute
    DeleteLocalGatewayRouteTable DeleteLocalGatewayRouteTableVirtualInterfaceGroupAssociation DeleteLocalGatewayRouteTableVpcAssociation
    DeleteLocalGatewayVirtualInterface DeleteLocalGatewayVirtualInterfaceGroup ModifyLocalGatewayRoute
    `,
  ],
  [
    "client VPNs let people in by authorization rules of their own, which no rule judges",
    `
    ApplySecurityGroupsToClientVpnTargetNetwork AssociateClientVpnTargetNetwork AuthorizeClientVpnIngress CreateClientVpnEndpoint
    CreateClientVpnRoute DeleteClientVpnEndpoint DeleteClientVpnEndpointAuthorizationPolicy DeleteClientVpnRoute
    DisassociateClientVpnTargetNetwork ImportClientVpnClientCertificateRevocationList ModifyClientVpnEndpoint
    ModifyClientVpnEndpointAuthorizationPolicy RevokeClientVpnIngress TerminateClientVpnConnections
    `,
  ],
  [
    "it maintains a VPN: neither its ends nor its keys change",
    `
    CreateVpnConcentrator CreateVpnConnectionRoute DeleteVpnConcentrator DeleteVpnConnectionRoute ReplaceVpnTunnel
    `,
  ],
  [
    "route servers learn routes by BGP and not by calls; what the tables hold is judged when they change next",
    `
    AssociateRouteServer CreateRouteServer CreateRouteServerEndpoint CreateRouteServerPeer DeleteRouteServer DeleteRouteServerEndpoint
    DeleteRouteServerPeer DisableRouteServerPropagation DisassociateRouteServer EnableRouteServerPropagation ModifyRouteServer
    `,
  ],
  [
    "a carrier gateway leads nowhere until a route names it, and that route is watched",
    `
    CreateCarrierGateway DeleteCarrierGateway
    `,
  ],
  [
    "which addresses a NAT gateway sends from, not who can reach what",
    `
    AssignPrivateNatGatewayAddress AssociateNatGatewayAddress DisassociateNatGatewayAddress UnassignPrivateNatGatewayAddress
    `,
  ],
  [
    "further addresses of an interface stay in its subnet and its groups",
    `
    AssignIpv6Addresses AssignPrivateIpAddresses UnassignIpv6Addresses UnassignPrivateIpAddresses
    `,
  ],
  [
    "who may hold an address or attach an interface: the attachment is watched",
    `
    AcceptAddressTransfer CreateNetworkInterfacePermission DeleteNetworkInterfacePermission DisableAddressTransfer EnableAddressTransfer
    ReleaseAddress
    `,
  ],
  [
    "it takes an interface from its instance, which opens nothing; the record names the attachment and not the interface",
    `
    DetachNetworkInterface
    `,
  ],
  [
    "branch interfaces of a trunk keep their own groups",
    `
    AssociateTrunkInterface DisassociateTrunkInterface
    `,
  ],
  [
    "it sets back the source/destination check, which opens no path",
    `
    ResetInstanceAttribute ResetNetworkInterfaceAttribute
    `,
  ],
  [
    "secondary networks: no rule judges them",
    `
    CreateSecondaryNetwork CreateSecondarySubnet DeleteSecondaryNetwork DeleteSecondarySubnet
    `,
  ],
  [
    "launch plans use groups and change none; the launch itself is watched",
    `
    CreateFleet CreateLaunchTemplate CreateLaunchTemplateVersion DeleteLaunchTemplate DeleteLaunchTemplateVersions ModifyFleet
    ModifyLaunchTemplate ModifySpotFleetRequest RequestSpotFleet RequestSpotInstances RunScheduledInstances
    `,
  ],
  [
    "tags: a scope or rule that asks for them reads them when it judges; a review knows those with which a resource was made",
    `
    CreateTags DeleteTags
    `,
  ],
];

/** Why each write of EC2 that touches the network is not watched, by the name of the call. */
export const UNWATCHED_CALLS: ReadonlyMap<string, string> = new Map(
  UNWATCHED.flatMap(([reason, calls]) =>
    calls
      .trim()
      .split(/\s+/)
      .map((name): [string, string] => [name, reason]),
  ),
);

/** Why a call of EC2 is not watched. */
export function whyUnwatched(name: string): string {
  return UNWATCHED_CALLS.get(name) ?? "it does not touch the network";
}
