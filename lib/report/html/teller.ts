import type { VpcFacts } from "../../model/facts.ts";
import { withAddresses } from "../../planned/ids.ts";
import { isMade, type PlannedAct, type PlannedResource } from "../../planned/plan.ts";

/** What a plan makes of a resource, as a drawing marks it. */
export type Mark = "new" | "changed" | "replaced";

/** What tells of a network - records, or one plan - and how it speaks of what is in it. */
export interface Teller {
  readonly words: Words;
  /** What people call the resource with this id, or a text with ids in it. */
  nameOf(id: string): string;
  /** Its id, where that is known and another than its name. */
  idOf(id: string): string | undefined;
  markOf(id: string): Mark | undefined;
  /** What of it is known after apply only, by path. */
  openOf(id: string): readonly string[];
  /** Whether a VPC may have more than is told. */
  isPart(vpc: VpcFacts | undefined): boolean;
}

/** How it is said that something is not known. */
interface Words {
  readonly ofIt: string;
  readonly ofThem: string;
  readonly which: string;
  readonly asFar: string;
  readonly nothing: string;
  readonly homeless: string;
  /** Of a VPC that may have more. */
  readonly partial: string;
  readonly notTold: (what: string) => string;
}

/** What CloudTrail has recorded. */
export const RECORDS: Teller = {
  words: {
    ofIt: "no record tells of it",
    ofThem: "no record tells of them",
    which: "no record tells which",
    asFar: "as far as the records tell",
    nothing: "No record tells what is in it.",
    homeless: "Groups of which no record tells the VPC",
    partial: "The records met this VPC in mid-life: it may have more than is drawn.",
    notTold: (what) => `Not told by any record: ${what}.`,
  },
  nameOf: (id) => id,
  idOf: () => undefined,
  markOf: () => undefined,
  openOf: () => [],
  isPart: (vpc) => vpc?.partial === true,
};

const IN_PLAN: Words = {
  ofIt: "the plan does not tell of it",
  ofThem: "the plan does not tell of them",
  which: "the plan does not tell which",
  asFar: "as far as the plan tells",
  nothing: "The plan does not tell what is in it.",
  homeless: "Groups of which the plan does not tell the VPC",
  partial: "The plan does not make this VPC: it may have more than is drawn.",
  notTold: (what) => `Not told by the plan: ${what}.`,
};

const MARKS: Readonly<Partial<Record<PlannedAct, Mark>>> = { create: "new", update: "changed", replace: "replaced" };

/** A plan that consists of these resources, by id. */
export function planTeller(resources: ReadonlyMap<string, PlannedResource>): Teller {
  return {
    words: IN_PLAN,
    nameOf: (id) => resources.get(id)?.address ?? withAddresses(id),
    idOf: (id) => {
      const address = resources.get(id)?.address;
      return address === undefined || address === id || withAddresses(id) !== id ? undefined : id;
    },
    markOf: (id) => MARKS[resources.get(id)?.act ?? "none"],
    openOf: (id) => resources.get(id)?.unknown ?? [],
    isPart: (vpc) => !isMade(resources.get(vpc?.id ?? "") ?? { act: "none" }),
  };
}
