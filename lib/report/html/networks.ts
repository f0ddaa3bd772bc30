import type { Decision } from "../../model/decision.ts";
import { compareSeverity, type Severity } from "../../model/finding.ts";
import { TrafficSet } from "../../model/traffic.ts";
import { isPlanned } from "../../planned/plan.ts";
import { sceneOf } from "./draw-network.ts";
import { worstOf } from "./gathered.ts";
import { momentText } from "./moments.ts";
import { networkOf, networkOfGroups, type Trouble } from "./network.ts";
import type { Scene } from "./scene.ts";
import type { Witness } from "./witness.ts";

/** A VPC, or the groups of which no record tells the VPC, of one account and region. */
interface Place {
  readonly account: string;
  readonly region: string;
  readonly vpc?: string;
}

/** A drawing, and what it is of. */
export interface Drawing extends Place {
  /** For links within the page. */
  readonly anchor: string;
  readonly worst: Severity;
  /** Decisions with findings about it. */
  count: number;
  /** Of which moment it is, for people. */
  when: string;
  scene: Scene;
}

/** Takes down how VPCs stood when the worst was found in them, and at the end those in which something forbidden still stands. */
export class Networks {
  private readonly witness: Witness;
  private readonly drawings = new Map<string, Drawing>();
  /** What is wrong now, by place (account and region) and id. */
  private readonly troubles = new Map<string, Map<string, Trouble>>();
  private readonly homeless = new Map<string, Set<string>>();

  constructor(witness: Witness) {
    this.witness = witness;
  }

  /** Returns the anchor of the drawing to which the decision belongs, if there is one. */
  async note(decision: Decision): Promise<string | undefined> {
    const { change, names } = decision;
    const { account, region, subject } = change;
    // The witness sees what was recorded, and no plan.
    if (isPlanned(change)) return undefined;
    const worst = this.noteTrouble(decision);
    if (names.vpc === undefined && subject.kind !== "security-group") return undefined;
    const place: Place = { account, region, ...(names.vpc !== undefined && { vpc: names.vpc }) };
    const key = JSON.stringify([account, region, names.vpc ?? ""]);
    const known = this.drawings.get(key);
    if (worst === undefined) return known?.anchor;
    if (place.vpc === undefined) this.homelessIn(place).add(subject.id);
    const count = (known?.count ?? 0) + 1;
    if (known !== undefined && !isWorthAnother(known, worst, count)) {
      known.count = count;
      return known.anchor;
    }
    const scene = await this.sceneOf(place);
    const anchor = known?.anchor ?? `network-${this.drawings.size + 1}`;
    const when = `at ${momentText(change.at)}, after ${change.call.name}`;
    this.drawings.set(key, { ...place, anchor, worst: worstOf([worst, known?.worst ?? worst]) ?? worst, count, when, scene });
    return anchor;
  }

  /** The drawings, worst first. Where something forbidden still stands, as it stands at the end. */
  async end(): Promise<readonly Drawing[]> {
    for (const drawing of this.drawings.values()) {
      const scene = await this.sceneOf(drawing);
      if (!scene.nodes.some(({ exposed, trouble }) => exposed || trouble !== undefined)) continue;
      drawing.scene = scene;
      drawing.when = "when the records end";
    }
    return [...this.drawings.values()].sort((a, b) => rank(a) - rank(b) || compareSeverity(a.worst, b.worst) || b.count - a.count);
  }

  private noteTrouble({ change, outcome, findings }: Decision): Severity | undefined {
    const key = placeKey(change);
    const troubles = this.troubles.get(key) ?? new Map<string, Trouble>();
    this.troubles.set(key, troubles);
    const banned = findings.filter(({ severity }) => severity !== "info");
    const worst = worstOf(banned.map(({ severity }) => severity));
    if (worst === undefined) {
      troubles.delete(change.subject.id);
      return undefined;
    }
    const ingress = banned.filter(({ traffic }) => traffic.direction === "ingress");
    const forbidden = TrafficSet.of(ingress.flatMap(({ traffic }) => traffic.boxes()));
    if (outcome === "acted") troubles.delete(change.subject.id);
    else troubles.set(change.subject.id, { worst, forbidden });
    return worst;
  }

  private sceneOf(place: Place): Promise<Scene> {
    const world = this.witness.at(place.account, place.region);
    const troubles = this.troubles.get(placeKey(place)) ?? new Map<string, Trouble>();
    const network =
      place.vpc === undefined ? networkOfGroups(this.homelessIn(place), world, troubles) : networkOf(place.vpc, world, troubles);
    return network.then(sceneOf);
  }

  private homelessIn(place: Place): Set<string> {
    const key = placeKey(place);
    const groups = this.homeless.get(key) ?? new Set<string>();
    this.homeless.set(key, groups);
    return groups;
  }
}

// Looking costs as much as the network is large: when it gets worse, and then ever more seldom.
function isWorthAnother({ worst }: Drawing, found: Severity, count: number): boolean {
  return compareSeverity(found, worst) < 0 || (found === worst && Number.isInteger(Math.log2(count)));
}

// What the internet reaches comes first, and of that what is known best.
function rank({ scene, vpc }: Drawing): number {
  return (scene.nodes.some(({ kind, exposed }) => kind === "group" && exposed) ? 0 : 2) + (vpc === undefined ? 1 : 0);
}

function placeKey({ account, region }: Pick<Place, "account" | "region">): string {
  return JSON.stringify([account, region]);
}
