import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { EventBus } from "../aws/bus.ts";
import type { Bus } from "../guard/ports.ts";
import { PATIENCE } from "./environment.ts";

/** The custom event bus of this name, in the function's own account and region. */
export function eventBus(name: string): Bus {
  return new EventBus(new EventBridgeClient(PATIENCE), name);
}
