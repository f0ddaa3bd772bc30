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
    "EC2-Classic is retired",
    `
    AttachClassicLinkVpc DetachClassicLinkVpc DisableVpcClassicLink DisableVpcClassicLinkDnsSupport EnableVpcClassicLink
    EnableVpcClassicLinkDnsSupport MoveAddressToVpc RestoreAddressToClassic
    `,
  ],
  [
    "IP address management plans addresses and moves no packet",
    `
    AdvertiseByoipCidr AllocateIpamPoolCidr AssociateIpamByoasn AssociateIpamResourceDiscovery
    BatchModifyIpamRoutingPolicyRegistrations CreateIpam CreateIpamExternalResourceVerificationToken
    CreateIpamInternetRegistryAssociation CreateIpamPolicy CreateIpamPool CreateIpamResourceDiscovery
    CreateIpamRoutingPolicyRegistration CreateIpamScope CreatePublicIpv4Pool DeleteIpam DeleteIpamExternalResourceVerificationToken
    DeleteIpamInternetRegistryAssociation DeleteIpamPolicy DeleteIpamPool DeleteIpamResourceDiscovery
    DeleteIpamRoutingPolicyRegistration DeleteIpamScope DeletePublicIpv4Pool DeprovisionByoipCidr DeprovisionIpamByoasn
    DeprovisionIpamPoolCidr DeprovisionPublicIpv4PoolCidr DisableIpamOrganizationAdminAccount DisableIpamPolicy DisassociateIpamByoasn
    DisassociateIpamResourceDiscovery EnableIpamInternetRegistryAssociation EnableIpamOrganizationAdminAccount EnableIpamPolicy
    ModifyIpam ModifyIpamPolicyAllocationRules ModifyIpamPoolAllocation ModifyIpamPool ModifyIpamResourceCidr
    ModifyIpamResourceDiscovery ModifyIpamRoutingPolicyRegistration ModifyIpamScope MoveByoipCidrToIpam ProvisionByoipCidr
    ProvisionIpamByoasn ProvisionIpamPoolCidr ProvisionPublicIpv4PoolCidr ReleaseIpamPoolAllocation WithdrawByoipCidr
    `,
  ],
  [
    "it measures, names, reserves or pays, and does not change who can reach what",
    `
    AssociateNetworkingFlexCostAllocationPolicy CreateNetworkInsightsAccessScope CreateNetworkInsightsPath
    CreateNetworkingFlexCostAllocationPolicy CreateSubnetCidrReservation CreateTransitGatewayMeteringPolicy
    CreateTransitGatewayMeteringPolicyEntry CreateVpcEncryptionControl CreateVpcEndpointConnectionNotification
    DeleteNetworkInsightsAccessScopeAnalysis DeleteNetworkInsightsAccessScope DeleteNetworkInsightsAnalysis DeleteNetworkInsightsPath
    DeleteNetworkingFlexCostAllocationPolicies DeleteSubnetCidrReservation DeleteTransitGatewayMeteringPolicy
    DeleteTransitGatewayMeteringPolicyEntry DeleteVpcEncryptionControl DeleteVpcEndpointConnectionNotifications
    DisableAwsNetworkPerformanceMetricSubscription DisassociateNetworkingFlexCostAllocationPolicy
    EnableAwsNetworkPerformanceMetricSubscription EnableReachabilityAnalyzerOrganizationSharing ModifyAccountVpcEncryptionControl
    ModifyAddressAttribute ModifyInstanceMetadataDefaults ModifyInstanceMetadataOptions ModifyInstanceNetworkPerformanceOptions
    ModifyNetworkingFlexCostAllocationPolicy ModifyPrivateDnsNameOptions ModifyPublicIpDnsNameOptions
    ModifyTransitGatewayMeteringPolicy ModifyVerifiedAccessInstanceLoggingConfiguration ModifyVpcEncryptionControl
    ModifyVpcEndpointConnectionNotification ModifyVpcEndpointPayerResponsibility ModifyVpcEndpointServicePayerResponsibility
    ModifyVpcTenancy ModifyVpnTunnelCertificate ResetAddressAttribute StartNetworkInsightsAccessScopeAnalysis
    StartNetworkInsightsAnalysis StartVpcEndpointServicePrivateDnsVerification
    `,
  ],
  [
    "prefix list resolvers: what IPAM writes into a list is not followed yet",
    `
    CreateIpamPrefixListResolver CreateIpamPrefixListResolverTarget DeleteIpamPrefixListResolver DeleteIpamPrefixListResolverTarget
    ModifyIpamPrefixListResolver ModifyIpamPrefixListResolverTarget
    `,
  ],
  [
    "VPC endpoints and endpoint services: the rules that judge them are not built yet",
    `
    AcceptVpcEndpointConnections CreateInstanceConnectEndpoint CreateVpcEndpoint CreateVpcEndpointServiceConfiguration
    DeleteInstanceConnectEndpoint DeleteVpcEndpointServiceConfigurations DeleteVpcEndpoints ModifyInstanceConnectEndpoint
    ModifyVpcEndpoint ModifyVpcEndpointServiceConfiguration ModifyVpcEndpointServicePermissions RejectVpcEndpointConnections
    `,
  ],
  [
    "peering connections: the rules that judge them are not built yet",
    `
    AcceptVpcPeeringConnection CreateVpcPeeringConnection DeleteVpcPeeringConnection ModifyVpcPeeringConnectionOptions
    RejectVpcPeeringConnection
    `,
  ],
  [
    "Verified Access: the rules that judge them are not built yet",
    `
    AttachVerifiedAccessTrustProvider CreateVerifiedAccessEndpoint CreateVerifiedAccessGroup CreateVerifiedAccessInstance
    CreateVerifiedAccessTrustProvider DeleteVerifiedAccessEndpoint DeleteVerifiedAccessGroup DeleteVerifiedAccessInstance
    DeleteVerifiedAccessTrustProvider DetachVerifiedAccessTrustProvider ModifyVerifiedAccessEndpoint
    ModifyVerifiedAccessEndpointPolicy ModifyVerifiedAccessGroup ModifyVerifiedAccessGroupPolicy ModifyVerifiedAccessInstance
    ModifyVerifiedAccessTrustProvider
    `,
  ],
  [
    "transit gateways: the rules that judge them are not built yet",
    `
    AcceptTransitGatewayClientVpnAttachment AcceptTransitGatewayMulticastDomainAssociations AcceptTransitGatewayPeeringAttachment
    AcceptTransitGatewayVpcAttachment AssociateTransitGatewayMulticastDomain AssociateTransitGatewayPolicyTable
    AssociateTransitGatewayRouteTable CreateTransitGateway CreateTransitGatewayConnect CreateTransitGatewayConnectPeer
    CreateTransitGatewayMulticastDomain CreateTransitGatewayPeeringAttachment CreateTransitGatewayPolicyTable
    CreateTransitGatewayPolicyTableEntry CreateTransitGatewayPrefixListReference CreateTransitGatewayRoute
    CreateTransitGatewayRouteTableAnnouncement CreateTransitGatewayRouteTable CreateTransitGatewayVpcAttachment
    DeleteTransitGatewayClientVpnAttachment DeleteTransitGateway DeleteTransitGatewayConnect DeleteTransitGatewayConnectPeer
    DeleteTransitGatewayMulticastDomain DeleteTransitGatewayPeeringAttachment DeleteTransitGatewayPolicyTable
    DeleteTransitGatewayPolicyTableEntry DeleteTransitGatewayPrefixListReference DeleteTransitGatewayRoute
    DeleteTransitGatewayRouteTableAnnouncement DeleteTransitGatewayRouteTable DeleteTransitGatewayVpcAttachment
    DeregisterTransitGatewayMulticastGroupMembers DeregisterTransitGatewayMulticastGroupSources
    DisableTransitGatewayRouteTablePropagation DisassociateTransitGatewayMulticastDomain DisassociateTransitGatewayPolicyTable
    DisassociateTransitGatewayRouteTable EnableTransitGatewayRouteTablePropagation ModifyTransitGatewayAttachmentNatConfiguration
    ModifyTransitGateway ModifyTransitGatewayPolicyTableEntry ModifyTransitGatewayPrefixListReference
    ModifyTransitGatewayVpcAttachment RegisterTransitGatewayMulticastGroupMembers RegisterTransitGatewayMulticastGroupSources
    RejectTransitGatewayClientVpnAttachment RejectTransitGatewayMulticastDomainAssociations RejectTransitGatewayPeeringAttachment
    RejectTransitGatewayVpcAttachment ReplaceTransitGatewayRoute
    `,
  ],
  [
    "local gateways: the rules that judge them are not built yet",
    `
    CreateCoipCidr CreateCoipPool CreateLocalGatewayRoute CreateLocalGatewayRouteTable
    CreateLocalGatewayRouteTableVirtualInterfaceGroupAssociation CreateLocalGatewayRouteTableVpcAssociation
    CreateLocalGatewayVirtualInterface CreateLocalGatewayVirtualInterfaceGroup DeleteCoipCidr DeleteCoipPool DeleteLocalGatewayRoute
    DeleteLocalGatewayRouteTable DeleteLocalGatewayRouteTableVirtualInterfaceGroupAssociation
    DeleteLocalGatewayRouteTableVpcAssociation DeleteLocalGatewayVirtualInterface DeleteLocalGatewayVirtualInterfaceGroup
    ModifyLocalGatewayRoute
    `,
  ],
  [
    "VPNs: the rules that judge them are not built yet",
    `
    ApplySecurityGroupsToClientVpnTargetNetwork AssociateClientVpnTargetNetwork AttachVpnGateway AuthorizeClientVpnIngress
    CreateClientVpnEndpoint CreateClientVpnRoute CreateCustomerGateway CreateVpnConcentrator CreateVpnConnection
    CreateVpnConnectionRoute CreateVpnGateway DeleteClientVpnEndpointAuthorizationPolicy DeleteClientVpnEndpoint DeleteClientVpnRoute
    DeleteCustomerGateway DeleteVpnConcentrator DeleteVpnConnection DeleteVpnConnectionRoute DeleteVpnGateway DetachVpnGateway
    DisassociateClientVpnTargetNetwork ImportClientVpnClientCertificateRevocationList ModifyClientVpnEndpointAuthorizationPolicy
    ModifyClientVpnEndpoint ModifyVpnConnection ModifyVpnConnectionOptions ModifyVpnTunnelOptions ReplaceVpnTunnel
    RevokeClientVpnIngress TerminateClientVpnConnections
    `,
  ],
  [
    "routes: the rules that judge them are not built yet",
    `
    AssociateRouteServer AssociateRouteTable CreateRoute CreateRouteServer CreateRouteServerEndpoint CreateRouteServerPeer
    CreateRouteTable DeleteRoute DeleteRouteServer DeleteRouteServerEndpoint DeleteRouteServerPeer DeleteRouteTable
    DisableRouteServerPropagation DisableVgwRoutePropagation DisassociateRouteServer DisassociateRouteTable
    EnableRouteServerPropagation EnableVgwRoutePropagation ModifyRouteServer ReplaceRoute ReplaceRouteTableAssociation
    `,
  ],
  [
    "gateways: the rules that judge them are not built yet",
    `
    AssignPrivateNatGatewayAddress AssociateNatGatewayAddress AttachInternetGateway CreateCarrierGateway
    CreateEgressOnlyInternetGateway CreateInternetGateway CreateNatGateway DeleteCarrierGateway DeleteEgressOnlyInternetGateway
    DeleteInternetGateway DeleteNatGateway DetachInternetGateway DisassociateNatGatewayAddress UnassignPrivateNatGatewayAddress
    `,
  ],
  [
    "network ACLs: the rules that judge them are not built yet",
    `
    CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry ReplaceNetworkAclAssociation ReplaceNetworkAclEntry
    `,
  ],
  [
    "flow logs: the rules that judge them are not built yet",
    `
    CreateFlowLogs DeleteFlowLogs
    `,
  ],
  [
    "where a group applies, not what it admits",
    `
    AssociateSecurityGroupVpc DisassociateSecurityGroupVpc
    `,
  ],
  [
    "network interfaces and addresses: the rules that judge them are not built yet",
    `
    AcceptAddressTransfer AllocateAddress AssignIpv6Addresses AssignPrivateIpAddresses AssociateAddress AssociateTrunkInterface
    AttachNetworkInterface CreateNetworkInterfacePermission DeleteNetworkInterfacePermission DetachNetworkInterface
    DisableAddressTransfer DisassociateAddress DisassociateTrunkInterface EnableAddressTransfer ReleaseAddress
    ResetNetworkInterfaceAttribute UnassignIpv6Addresses UnassignPrivateIpAddresses
    `,
  ],
  [
    "VPCs and subnets: the rules that judge them are not built yet",
    `
    AssociateDhcpOptions AssociateSubnetCidrBlock CreateDefaultSubnet CreateDhcpOptions CreateSecondaryNetwork CreateSecondarySubnet
    CreateSubnet CreateVpcBlockPublicAccessExclusion DeleteDhcpOptions DeleteSecondaryNetwork DeleteSecondarySubnet DeleteSubnet
    DeleteVpcBlockPublicAccessExclusion DisassociateSubnetCidrBlock ModifySubnetAttribute ModifyVpcAttribute
    ModifyVpcBlockPublicAccessExclusion ModifyVpcBlockPublicAccessOptions
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
    "it names an instance: which groups that instance's network interface uses from then on is not followed yet",
    `
    ModifyInstanceAttribute ResetInstanceAttribute
    `,
  ],
  [
    "tags: a scope that asks for them reads them when it judges",
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
