import type { Kind } from "../model/facts.ts";
import type { Network, Origin } from "./network.ts";
import type { Properties } from "./properties.ts";

type Reading = (properties: Properties, origin: Origin, network: Network) => void;

/** When a type is read: what stands by itself, then what is a part of that, then what looks at whole others. */
export const STAGES = ["make", "join", "relate"] as const;

/** What a type of resource is to the network: which kind it is, or is a part of. */
export type Types = Readonly<Record<string, { readonly kind: Kind } & { readonly [Stage in (typeof STAGES)[number]]?: Reading }>>;
