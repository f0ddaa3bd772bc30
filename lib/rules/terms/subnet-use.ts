import type { RouteTableFacts, SubnetFacts } from "../../model/facts.ts";
import { isMain } from "../../model/route.ts";
import { askedOf, isUnknown, type Unknown, type World } from "../../model/world.ts";
import type { NoteUnjudged } from "../rule.ts";

/** Which subnets a rule asks for: some by their id alone, the others by what is known of them. */
export interface SubnetTest {
  named(id: string): boolean;
  is(facts: SubnetFacts): boolean | "unknown";
}

/** The subnets in question that use a route table, and the associations by which they do. */
interface SubnetUse {
  readonly associations: readonly string[];
  readonly subnets: readonly string[];
}

/** A subnet that uses a table, or does unless `doubt` is cleared up otherwise. */
interface Candidate {
  readonly association: string;
  readonly id: string;
  readonly read: () => Promise<SubnetFacts | Unknown | undefined>;
  readonly doubt?: string;
}

/**
 * The subnets that use a table and pass the test: those of its associations and, where it is the main one, every subnet of its
 * VPC that no other table names. Undefined where there is none; what nobody could tell is noted.
 */
export async function useBy(
  test: SubnetTest,
  table: RouteTableFacts,
  world: World,
  unjudged: NoteUnjudged,
): Promise<SubnetUse | undefined> {
  const found: Candidate[] = [];
  for (const candidate of [...associatedWith(table, world), ...(await fallingBackOn(table, world, unjudged))]) {
    if (!(await passes(test, candidate, unjudged))) continue;
    if (candidate.doubt === undefined) found.push(candidate);
    else unjudged(candidate.doubt);
  }
  if (found.length > 0) {
    const associations = new Set(found.map(({ association }) => association));
    return { associations: [...associations], subnets: found.map(({ id }) => id) };
  }
  if (table.partial === true) unjudged(`which subnets use ${table.id}, of which a part is known`);
  return undefined;
}

/** Whether a subnet passes; what is known of it in part only may leave that open. */
export function isAmong(test: SubnetTest, facts: SubnetFacts, unjudged: NoteUnjudged): boolean {
  if (test.named(facts.id)) return true;
  const passed = test.is(facts);
  if (passed === "unknown") unjudged(partOf("subnet", facts.id));
  return passed === true;
}

async function passes(test: SubnetTest, { id, read }: Candidate, unjudged: NoteUnjudged): Promise<boolean> {
  if (test.named(id)) return true;
  const facts = await read();
  return facts !== undefined && !isUnknown(facts) && isAmong(test, facts, unjudged);
}

function associatedWith({ associations }: RouteTableFacts, world: World): Candidate[] {
  return associations.flatMap(({ id: association, subnet }) =>
    subnet === undefined ? [] : [{ association, id: subnet, read: () => world.get("subnet", subnet) }],
  );
}

async function fallingBackOn(table: RouteTableFacts, world: World, unjudged: NoteUnjudged): Promise<Candidate[]> {
  const main = table.associations.find((association) => association.main === true);
  if (main === undefined || isMain(table) !== true) return [];
  if (table.vpc === undefined) {
    unjudged(`the VPC of ${table.id}`);
    return [];
  }
  const [subnets, tables] = await Promise.all([world.list("subnet", { vpc: table.vpc }), world.list("route-table", { vpc: table.vpc })]);
  if (isUnknown(subnets) || isUnknown(tables)) return [];
  const named = new Set([table, ...tables].flatMap(({ associations }) => associations.flatMap(({ subnet }) => subnet ?? [])));
  // A table known in part may name any of the subnets that seem to fall back.
  const doubtful = tables.find(({ id, partial }) => id !== table.id && partial === true);
  return subnets
    .filter(({ id }) => !named.has(id))
    .map((facts) => ({
      association: main.id,
      id: facts.id,
      read: async () => facts,
      ...(doubtful !== undefined && { doubt: partOf("route-table", doubtful.id) }),
    }));
}

// In the words in which the judge notes what is known in part, so that it is noted once.
function partOf(kind: "subnet" | "route-table", id: string): string {
  return `${askedOf(kind, id)}, of which a part is known`;
}
