import { ServiceSet } from "../model/service-set.ts";
import type { TrafficSet } from "../model/traffic.ts";
import { networksOf } from "../policy/networks.ts";
import type { Policy } from "../policy/policy.ts";
import { allowOf, settingsFor } from "../policy/settings.ts";
import { noPublicIngress } from "../rules/no-public-ingress.ts";
import { ADMINISTRATION } from "../rules/terms/administration.ts";
import { allowedTraffic } from "../rules/terms/allow.ts";
import { internets, tooWide } from "../rules/terms/exposure.ts";

/** The administration that this policy, outside of its scopes and exceptions, allows to more public addresses than such blocks have. */
export function administrationForAll({ document }: Policy, width = { v4: "/8", v6: "/16" }): TrafficSet {
  const entries = allowOf(noPublicIngress, settingsFor(noPublicIngress, document)?.options) ?? [];
  const allowed = allowedTraffic(entries, networksOf(document.networks)).to(ServiceSet.parse(ADMINISTRATION));
  const [v4, v6] = internets(width);
  return tooWide(allowed.from(v4.space), v4).union(tooWide(allowed.from(v6.space), v6));
}
