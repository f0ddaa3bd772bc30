import { schemaFault } from "../messages/schema-fault.ts";
import type { Kind } from "../model/facts.ts";
import { isInvalidRule } from "../model/security-group-rule.ts";
import { plannedId } from "../planned/ids.ts";
import type { NotPlanned, Placement, Plan, PlannedAct } from "../planned/plan.ts";
import { moduleAddress, modulesOf } from "./address.ts";
import { Attributes, UnreadableValueError } from "./attributes.ts";
import { Configuration, fieldsOf, type Instance, isFields, type Lead } from "./configuration.ts";
import { DATA_READERS } from "./data.ts";
import { type PlanDocument, ResourceChange, readDocument, type StateModule, StateResource } from "./document.ts";
import { Network, type Source } from "./network.ts";
import { PLACED, placementOf } from "./placements.ts";
import { placesOf } from "./places.ts";
import { KIND_OF_TYPE, PART_READERS, RESOURCE_READERS } from "./readers.ts";
import type { Reading, Way } from "./reading.ts";

export { FOUND_LOG, isLog, isTerraform, TerraformPlanError } from "./document.ts";

/** A plan, and what keeps it as a whole from being judged: never to be taken for clean. */
export interface TerraformPlan {
  readonly plan: Plan;
  readonly problems: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** A resource of the plan at both moments. */
interface Item {
  readonly instance: Instance;
  readonly source: Source;
  readonly before: Fields | undefined;
  readonly after: Fields | undefined;
  readonly change: ResourceChange["change"] | undefined;
}

/** Reads what `terraform show -json` or `tofu show -json` wrote of a plan. Throws TerraformPlanError for what is none. */
export function readTerraformPlan(value: unknown): TerraformPlan {
  const document = readDocument(value);
  const reader = new PlanReader(document);
  return { plan: reader.read(), problems: problemsOf(document) };
}

function problemsOf({ errored, complete, deferred_changes: deferred }: PlanDocument): string[] {
  const count = deferred?.length ?? 0;
  return [
    ...(errored === true ? ["the plan failed (errored): expected one that Terraform made to its end; what it holds is judged"] : []),
    ...(complete === false || count > 0
      ? [`the plan is not complete${count > 0 ? `: ${count} changes are deferred` : ""}; apply it, and review the next one too`]
      : []),
  ];
}

class PlanReader {
  private readonly notJudged: NotPlanned[] = [];
  private readonly items: readonly Item[];
  private readonly byAddress: ReadonlyMap<string, Item>;
  private readonly configuration: Configuration;
  private readonly places: ReturnType<typeof placesOf>;

  constructor(document: PlanDocument) {
    const changed = (document.resource_changes ?? []).flatMap((change, at) => this.itemOf(change, at));
    const known = new Set(changed.map(({ instance }) => instance.address));
    const stood = stateResources(document.prior_state?.values?.root_module).filter(({ instance }) => !known.has(instance.address));
    this.items = [...changed, ...stood];
    this.byAddress = new Map(this.items.map((item) => [item.instance.address, item]));
    this.configuration = new Configuration(
      document.configuration,
      document.variables ?? {},
      this.items.map(({ instance }) => instance),
    );
    this.places = placesOf(document, this.configuration);
  }

  read(): Plan {
    const before = new Network();
    const after = new Network();
    const [resources, parts] = [this.itemsOf("managed", RESOURCE_READERS), this.itemsOf("managed", PART_READERS)];
    // Only what is known by now: one that is to be read in the course of applying has no id yet.
    const data = this.itemsOf("data", DATA_READERS).filter(({ after: values }) => typeof values?.id === "string");
    for (const network of [before, after]) for (const item of data) this.take(item, item.after, "in", network, DATA_READERS);
    for (const item of parts) this.take(item, item.before, "in", before, PART_READERS);
    for (const item of resources) this.take(item, item.before, "in", before, RESOURCE_READERS);
    // A refreshed resource repeats what its parts were: what those that change were goes first.
    for (const item of parts) if (item.source.act !== "none") this.take(item, item.before, "out", after, PART_READERS);
    for (const item of parts) this.take(item, item.after, "in", after, PART_READERS);
    for (const item of resources) this.take(item, item.after, "in", after, RESOURCE_READERS);
    before.settle();
    after.settle();
    const placements = this.itemsOf("managed", PLACED).flatMap((item) => this.placed(item) ?? []);
    return { source: "terraform", ...this.places.ofPlan, resources: after.planned(before), placements, notJudged: this.notJudged };
  }

  private placed(item: Item): Placement | undefined {
    const { instance, after } = item;
    if (after === undefined) return undefined;
    try {
      return placementOf(instance.type, instance.address, this.attributesOf(item, after, []));
    } catch (error) {
      // Where it stands, nobody has to know.
      if (!(error instanceof UnreadableValueError)) throw error;
      return undefined;
    }
  }

  private itemsOf(wanted: string, readers: Readonly<Record<string, unknown>>): Item[] {
    return this.items.filter(({ instance: { mode, type } }) => mode === wanted && Object.hasOwn(readers, type));
  }

  private take(item: Item, values: Fields | undefined, way: Way, network: Network, readers: typeof PART_READERS): void {
    if (values === undefined) return;
    const { instance } = item;
    const isAfter = values === item.after;
    const open: string[] = [];
    const attributes = this.attributesOf(item, values, open);
    const source: Source = { ...item.source, ...this.places.of(instance, values), ...(way === "out" && { leaves: true }) };
    const reading: Reading = { attributes, source, id: idIn(item, values), network, open, way };
    try {
      readers[instance.type]?.(reading);
    } catch (error) {
      if (!(error instanceof UnreadableValueError || isInvalidRule(error))) throw error;
      if (!isAfter || way === "out") return;
      const kind = KIND_OF_TYPE[instance.type];
      // What stays as it is, nobody has to know, unless it is a part of something that may change, or a part of it does.
      const matters = source.act !== "none" || readers === PART_READERS || (kind !== undefined && network.expects(kind, reading.id));
      if (matters) this.leaveOpen(instance, error.message);
    }
  }

  /** What stays open is put into `open`. */
  private attributesOf({ instance, change, after }: Item, values: Fields, open: string[]): Attributes {
    const isAfter = values === after;
    return new Attributes({
      values,
      unknown: isAfter ? change?.after_unknown : undefined,
      sensitive: isAfter ? change?.after_sensitive : change?.before_sensitive,
      expressions: this.configuration.expressionsOf(instance),
      leadTo: (expression, types) => {
        const { leads, whole } = this.configuration.leadsOf(expression, instance, types);
        const ids = leads.map((lead) => this.idOf(lead, types, new Set()));
        return { ids: [...new Set(ids.filter((id) => id !== undefined))], whole: whole && !ids.includes(undefined) };
      },
      note: (path) => void (open.includes(path) || open.push(path)),
    });
  }

  private leaveOpen({ address, type }: Instance, message: string): void {
    const kind: Kind | undefined = KIND_OF_TYPE[type];
    this.notJudged.push({ address, needs: `a value of ${address} that can be read: ${message}`, ...(kind !== undefined && { kind }) });
  }

  // What an expression leads to is the id of a resource of one of the types, or an attribute of another that names such a one.
  private idOf(lead: Lead, types: readonly string[], seen: ReadonlySet<string>): string | undefined {
    if ("literal" in lead) return lead.literal;
    const { instance, attribute = "id" } = lead;
    const item = this.byAddress.get(instance.address);
    if (item === undefined) return undefined;
    const values = item.after ?? {};
    if (OWN_ATTRIBUTES.has(attribute)) {
      if (!types.includes(instance.type)) return undefined;
      return idIn(item, values);
    }
    const known = values[attribute];
    if (typeof known === "string") return known;
    const key = `${instance.address}.${attribute}`;
    if (seen.has(key)) return undefined;
    const { leads } = this.configuration.leadsOf(this.configuration.expressionsOf(instance)?.[attribute], instance, types);
    const ids = new Set(leads.flatMap((inner) => this.idOf(inner, types, new Set([...seen, key])) ?? []));
    const [only] = ids;
    if (ids.size === 1) return only;
    // What EC2 makes with a VPC goes by the attribute that will tell its id.
    return ids.size === 0 && instance.type.endsWith("_vpc") && attribute.startsWith("default_") ? key : undefined;
  }

  private itemOf(element: unknown, at: number): Item[] {
    const parsed = ResourceChange.safeParse(element);
    if (!parsed.success) {
      const { address, type } = fieldsOf(element);
      const name = typeof address === "string" ? address : `resource_changes[${at}]`;
      // Types that are not of the network are none of our business, however they look.
      if (typeof type === "string" && !Object.hasOwn(KIND_OF_TYPE, type)) return [];
      const kind = typeof type === "string" ? KIND_OF_TYPE[type] : undefined;
      this.notJudged.push({
        address: name,
        needs: `a change of ${name} that can be read: ${schemaFault(element, parsed.error.issues)}`,
        ...(kind !== undefined && { kind }),
      });
      return [];
    }
    const { address, type, previous_address: previous, deposed, change } = parsed.data;
    if (deposed !== undefined) return [];
    if (CLOUD_CONTROL_GROUP.test(type) && actOf(change.actions) !== "none" && !change.actions.includes("delete")) {
      this.notJudged.push({ address, kind: "security-group", needs: `${address} as a resource of the AWS provider: ${type} is not read` });
    }
    const strange = change.actions.find((action) => !ACTIONS.has(action));
    if (strange !== undefined && Object.hasOwn(KIND_OF_TYPE, type)) {
      const kind = KIND_OF_TYPE[type];
      this.notJudged.push({ address, needs: `what the action "${strange}" does to ${address}`, ...(kind !== undefined && { kind }) });
    }
    const instance = instanceOf(parsed.data, parsed.data.module_address ?? moduleIn(address));
    const act = actOf(change.actions);
    const stays = change.actions.includes("forget") && change.actions.length === 1;
    return [
      {
        instance,
        source: { address, origin: previous ?? address, act },
        before: change.before ?? undefined,
        after: (stays ? change.before : change.after) ?? undefined,
        change,
      },
    ];
  }
}

// The provider of Cloud Control has its own types, with attributes of their own.
const CLOUD_CONTROL_GROUP = /^awscc_ec2_security_group(?:_ingress|_egress)?$/;
// Those that the format names; later minor versions may have more.
const ACTIONS: ReadonlySet<string> = new Set(["no-op", "create", "read", "update", "delete", "forget"]);
const OWN_ATTRIBUTES: ReadonlySet<string> = new Set(["id", "arn", "name"]);

function actOf(actions: readonly string[]): PlannedAct {
  if (actions.includes("create")) return actions.length > 1 ? "replace" : "create";
  if (actions.includes("update")) return "update";
  return actions.includes("delete") ? "delete" : "none";
}

function instanceOf(one: Pick<ResourceChange, "address" | "mode" | "type" | "name" | "index">, module: string): Instance {
  const { address, mode = "managed", type, name, index } = one;
  return { address, module, mode, type, name, ...(index !== undefined && index !== null && { index }) };
}

function moduleIn(address: string): string {
  return moduleAddress(modulesOf(address));
}

// Of some types the id is chosen by people, and known before.
function idIn({ instance: { address, type } }: Item, values: Fields): string {
  if (type === "aws_default_route_table" && typeof values.default_route_table_id === "string") return values.default_route_table_id;
  const { id } = values;
  if (typeof id === "string" && id !== "") return id;
  const prefix = TARGETS_ELSEWHERE[type];
  return prefix === undefined ? address : plannedId(prefix, address);
}

/** Targets of routes that are no resources of the network here. */
const TARGETS_ELSEWHERE: Readonly<Record<string, string>> = {
  aws_ec2_transit_gateway: "tgw-",
  aws_vpn_gateway: "vgw-",
  aws_instance: "i-",
  aws_ec2_carrier_gateway: "cagw-",
};

function stateResources(module: StateModule | undefined): Item[] {
  if (module === undefined) return [];
  const own = (module.resources ?? []).flatMap((element): Item[] => {
    const parsed = StateResource.safeParse(element);
    if (!parsed.success) return [];
    const { address: told, values } = parsed.data;
    // Terraform 0.12 tells addresses within the module.
    const isLocal = module.address !== undefined && !told.startsWith(`${module.address}.`);
    const address = isLocal ? `${module.address}.${told}` : told;
    const instance = instanceOf({ ...parsed.data, address }, module.address ?? "");
    const known = isFields(values) ? values : undefined;
    return [{ instance, source: { address, origin: address, act: "none" }, before: known, after: known, change: undefined }];
  });
  return [...own, ...(module.child_modules ?? []).flatMap(stateResources)];
}
