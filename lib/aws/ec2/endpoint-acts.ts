import { ModifyVpcEndpointServiceConfigurationCommand, ModifyVpcEndpointServicePermissionsCommand } from "@aws-sdk/client-ec2";
import { call, type Practice, type RemedyOf } from "./practice.ts";

/** Who may connect to an endpoint service, and whether it asks before. */
export const servicePermissions: Practice<RemedyOf<"reset-permissions" | "grant-permissions">> = {
  gone: /^InvalidVpcEndpointService(Id)?\.NotFound$/,
  remaining: async (remedy, { readers }) => {
    const service = await readers["endpoint-service"].get(remedy.service);
    if (service === undefined) return undefined;
    const resets = remedy.kind === "reset-permissions";
    const principals = remedy.principals.filter((principal) => service.principals.includes(principal) === resets);
    const acceptance = remedy.acceptance && service.acceptanceRequired === !resets;
    return principals.length > 0 || acceptance ? { ...remedy, principals, acceptance } : undefined;
  },
  make: async (remedy, dry, { client }) => {
    const { service: ServiceId, acceptance } = remedy;
    const resets = remedy.kind === "reset-permissions";
    const principals = [...remedy.principals];
    const change = resets ? { RemoveAllowedPrincipals: principals } : { AddAllowedPrincipals: principals };
    if (principals.length > 0)
      await call(dry, () => client.send(new ModifyVpcEndpointServicePermissionsCommand({ ServiceId, ...change, ...dry })));
    if (acceptance) {
      const request = { ServiceId, AcceptanceRequired: resets, ...dry };
      await call(dry, () => client.send(new ModifyVpcEndpointServiceConfigurationCommand(request)));
    }
    return remedy;
  },
};
