import type { Severity } from "../../model/finding.ts";
import type { Tone } from "./data.ts";
import type { Mark } from "./teller.ts";

/** One box of a drawing. */
export interface SceneNode {
  readonly id: string;
  readonly kind: "internet" | "gateway" | "subnet" | "group" | "ports" | "open" | "unknown";
  /** What it is, for people; below it its id, or its address in a plan, if it has one that people know, and what else is known. */
  readonly title: string;
  readonly name?: string;
  /** Of ports: whose they are. */
  readonly of?: string;
  /** What a plan makes of it. */
  readonly mark?: Mark;
  readonly lines: readonly { readonly text: string; readonly tone?: Tone }[];
  /** True for what the internet reaches and should not. */
  readonly exposed: boolean;
  /** The worst finding about it that stands. */
  readonly trouble?: Severity;
}

/** A way from one box to the next, as traffic comes in. */
export interface SceneEdge {
  readonly from: string;
  readonly to: string;
  readonly exposed: boolean;
  /** `outbound` for a way that lets nobody in, `doubtful` for one of which no record tells whether it is there. */
  readonly kind: "open" | "outbound" | "doubtful";
}

/** A VPC as far as it is known, ready to be laid out. */
export interface Scene {
  readonly vpc?: string;
  /** What to say where there is nothing to draw. */
  readonly nothing: string;
  readonly cidrs: readonly string[];
  readonly nodes: readonly SceneNode[];
  readonly edges: readonly SceneEdge[];
  /** What is not known, and what is left out, for people. */
  readonly notes: readonly string[];
}
