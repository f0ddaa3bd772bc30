import type { Severity } from "../../model/finding.ts";
import type { Tone } from "./data.ts";

/** One box of a drawing. */
export interface SceneNode {
  readonly id: string;
  readonly kind: "internet" | "gateway" | "subnet" | "group" | "ports" | "unknown";
  /** What it is, for people; below it its id, if it has one that people know, and what else is known. */
  readonly title: string;
  readonly name?: string;
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
  readonly cidrs: readonly string[];
  readonly nodes: readonly SceneNode[];
  readonly edges: readonly SceneEdge[];
  /** What is not known, and what is left out, for people. */
  readonly notes: readonly string[];
}
