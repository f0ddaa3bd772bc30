import { existsSync } from "node:fs";
import { join } from "node:path";
import { Option } from "commander";
import { loadPolicy } from "../lib/policy/load.ts";
import type { Policy } from "../lib/policy/policy.ts";

const BUNDLED = join(import.meta.dirname, "..", "portcullis.yml");

/** A policy and the words for where it came from. */
export interface ChosenPolicy {
  readonly policy: Policy;
  readonly from: string;
}

export function policyOption(): Option {
  return new Option("--policy <file>", "the policy; otherwise portcullis.yml in this folder, otherwise the one that comes with Portcullis");
}

/** The policy of this file, or the nearest one. Throws PolicyError. */
export function choosePolicy(file: string | undefined): ChosenPolicy {
  if (file !== undefined) return { policy: loadPolicy(file), from: file };
  if (existsSync("portcullis.yml")) return { policy: loadPolicy("portcullis.yml"), from: "portcullis.yml" };
  return { policy: loadPolicy(BUNDLED), from: "the policy that comes with Portcullis" };
}
