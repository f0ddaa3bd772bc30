import type { Meter } from "../guard/meter.ts";
import type { Log } from "../guard/notify-ports.ts";
import type { PolicyDelivery } from "../policy/delivery.ts";
import type { Policy } from "../policy/policy.ts";
import { readSourceName } from "../policy/source-name.ts";
import type { PolicyEnvironment } from "./delivery.ts";
import { systemClock } from "./environment.ts";

/** The policy that is delivered while the function runs. */
export interface DeliveredPolicy {
  /** The policy for this invocation; undefined where no source is named, so that the bundled one holds. Throws where there is none to judge by. */
  current(): Promise<Policy | undefined>;
  /** The same for work that can wait for a read: no older than a minute. */
  latest(): Promise<Policy | undefined>;
  /** Ports that hold the bundled policy, with the current one in its place, or the latest. */
  in<Ports extends { readonly policy: Policy }>(ports: Ports, which?: "current" | "latest"): Promise<Ports>;
  /** A middleware that reads the source after the work of an invocation, where a minute has passed. */
  readonly keepingUp: { readonly after: AtEnd; readonly onError: AtEnd };
}
type AtEnd = (request: { readonly event: unknown; readonly context: { getRemainingTimeInMillis(): number } }) => Promise<void>;

// Reading the source and keeping what it says takes three seconds at most.
const TIME_TO_KEEP_UP = 5_000;

// middy takes no middleware without a hook.
const NOTHING_TO_KEEP_UP_WITH = { after: async () => {}, onError: async () => {} };

/** The policy that POLICY_SOURCE delivers. Throws where that names no source. */
export function deliveredPolicy(
  env: PolicyEnvironment,
  bundle: string,
  log: Log,
  meter: Meter,
  clock: { now(): number } = systemClock,
): DeliveredPolicy {
  const { POLICY_SOURCE: name = "" } = env;
  if (name === "") {
    const nothing = async () => undefined;
    return { current: nothing, latest: nothing, in: async (ports) => ports, keepingUp: NOTHING_TO_KEEP_UP_WITH };
  }
  const source = readSourceName(name);
  let loading: Promise<PolicyDelivery> | undefined;
  const delivery = () => {
    // What delivers is loaded where something is delivered.
    loading ??= import("./delivery.ts").then(({ deliveryOf }) => deliveryOf({ name, source }, env, bundle, { log, meter, clock }));
    return loading;
  };
  const current = async () => (await delivery()).current();
  const latest = async () => (await delivery()).latest();
  const keepUp: AtEnd = async ({ event, context }) => {
    if (!isHttp(event) && context.getRemainingTimeInMillis() > TIME_TO_KEEP_UP) await (await delivery()).keepUp();
  };
  return {
    current,
    latest,
    in: async (ports, which = "current") => ({ ...ports, policy: await (which === "latest" ? latest() : current()) }),
    keepingUp: { after: keepUp, onError: keepUp },
  };
}

// Slack waits three seconds for an answer; what comes by queue or schedule can wait.
function isHttp(event: unknown): boolean {
  return typeof event === "object" && event !== null && "requestContext" in event;
}
