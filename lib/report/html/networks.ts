import type { Decision } from "../../model/decision.ts";
import { compareSeverity, type Severity } from "../../model/finding.ts";
import { TrafficSet } from "../../model/traffic.ts";
import { spotOf } from "../spot.ts";
import { sceneOf } from "./draw-network.ts";
import { worstOf } from "./gathered.ts";
import { momentText } from "./moments.ts";
import { networkOf, networkOfGroups, type Trouble } from "./network.ts";
import type { Scene } from "./scene.ts";
import type { Scenery } from "./scenery.ts";
import type { Witness } from "./witness.ts";

/** A drawing, and what it is of: a VPC, or the groups of which nothing tells the VPC, of one account and region. */
export interface Drawing {
  readonly account: string;
  readonly region: string;
  /** What the VPC is called, or that nothing tells it. */
  readonly title: string;
  readonly isVpc: boolean;
  /** For links within the page. */
  readonly anchor: string;
  /** Absent where nothing was found, of what a plan changes. */
  readonly worst?: Severity;
  /** Decisions about it; of what is recorded, those with findings. */
  readonly count: number;
  /** Of which moment it is, for people. */
  readonly caption: string;
  readonly scene: Scene;
}

/** A drawing while decisions are noted; that of a plan is made at the end, when all that is wrong in it is known. */
interface Sketch extends Pick<Drawing, "account" | "region" | "anchor" | "worst" | "count"> {
  readonly ground: Pick<Scenery, "key" | "world" | "teller" | "placements" | "planned" | "vpc">;
  readonly drawn?: Pick<Drawing, "caption" | "scene">;
}

/**
 * Takes down how VPCs stood when the worst was found in them, and at the end those in which something forbidden still stands. Of plans, it
 * takes down every VPC that they change, as they leave it.
 */
export class Networks {
  private readonly witness: Witness;
  private readonly sketches = new Map<string, Sketch>();
  /** What is wrong now, by network and id. */
  private readonly troubles = new Map<string, Map<string, Trouble>>();
  private readonly homeless = new Map<string, Set<string>>();

  constructor(witness: Witness) {
    this.witness = witness;
  }

  /** Returns the anchor of the drawing to which the decision belongs, if there is one. */
  async note(decision: Decision): Promise<string | undefined> {
    const { subject, at, call } = decision.change;
    const { account, region } = spotOf(decision);
    const scenery = await this.witness.scenery(decision);
    if (scenery === undefined) return undefined;
    const worst = this.noteTrouble(decision, scenery);
    const { vpc, planned } = scenery;
    if (vpc === undefined && subject.kind !== "security-group") return undefined;
    const key = JSON.stringify([scenery.key, vpc ?? ""]);
    const known = this.sketches.get(key);
    if (worst === undefined && (planned === undefined || vpc === undefined)) return known?.anchor;
    if (vpc === undefined) this.homelessIn(scenery).add(scenery.id);
    const count = (known?.count ?? 0) + 1;
    const anchor = known?.anchor ?? `network-${this.sketches.size + 1}`;
    const gravest = worstOf([worst, known?.worst].filter((one) => one !== undefined));
    const isWorse = worst !== undefined && planned === undefined && isWorthAnother(known?.worst, worst, count);
    const drawn = isWorse
      ? { scene: await this.sceneOf(scenery), caption: `As it stood at ${momentText(at)}, after ${call.name}.` }
      : known?.drawn;
    const about = { account, region, anchor, count, ground: known?.ground ?? scenery };
    this.sketches.set(key, { ...about, ...(gravest !== undefined && { worst: gravest }), ...(drawn !== undefined && { drawn }) });
    return anchor;
  }

  /** The drawings, worst first. Where something forbidden still stands, as it stands at the end. */
  async end(): Promise<readonly Drawing[]> {
    const drawings: Drawing[] = [];
    for (const { ground, drawn, ...about } of this.sketches.values()) {
      const { teller, vpc, planned } = ground;
      const scene = await this.sceneOf(ground);
      const stands = scene.nodes.some(({ exposed, trouble }) => exposed || trouble !== undefined);
      const caption = planned === undefined ? "As it stood when the records end." : `As ${planned} leaves it.`;
      const isLast = drawn === undefined || stands;
      const title = vpc === undefined ? teller.words.homeless : teller.nameOf(vpc);
      drawings.push({ ...about, title, isVpc: vpc !== undefined, ...(isLast ? { scene, caption } : drawn) });
    }
    return drawings.sort((a, b) => rank(a) - rank(b) || bySeverity(a, b) || b.count - a.count);
  }

  private noteTrouble({ outcome, findings }: Decision, scenery: Scenery): Severity | undefined {
    const troubles = this.troublesIn(scenery);
    const banned = findings.filter(({ severity }) => severity !== "info");
    const worst = worstOf(banned.map(({ severity }) => severity));
    if (worst === undefined) {
      troubles.delete(scenery.id);
      return undefined;
    }
    const ingress = banned.filter(({ traffic }) => traffic.direction === "ingress");
    const forbidden = TrafficSet.of(ingress.flatMap(({ traffic }) => traffic.boxes()));
    if (outcome === "acted") troubles.delete(scenery.id);
    else troubles.set(scenery.id, { worst, forbidden });
    return worst;
  }

  private async sceneOf(ground: Sketch["ground"]): Promise<Scene> {
    const { vpc, world } = ground;
    const troubles = this.troublesIn(ground);
    return sceneOf(
      vpc === undefined
        ? await networkOfGroups(this.homelessIn(ground), world, troubles, ground)
        : await networkOf(vpc, world, troubles, ground),
    );
  }

  private troublesIn({ key }: Pick<Scenery, "key">): Map<string, Trouble> {
    const troubles = this.troubles.get(key) ?? new Map<string, Trouble>();
    this.troubles.set(key, troubles);
    return troubles;
  }

  private homelessIn({ key }: Pick<Scenery, "key">): Set<string> {
    const groups = this.homeless.get(key) ?? new Set<string>();
    this.homeless.set(key, groups);
    return groups;
  }
}

// Looking costs as much as the network is large: when it gets worse, and then ever more seldom.
function isWorthAnother(known: Severity | undefined, found: Severity, count: number): boolean {
  if (known === undefined) return true;
  return compareSeverity(found, known) < 0 || (found === known && Number.isInteger(Math.log2(count)));
}

// What the internet reaches comes first, and of that what is known best.
function rank({ scene, isVpc }: Drawing): number {
  return (scene.nodes.some(({ kind, exposed }) => kind === "group" && exposed) ? 0 : 2) + (isVpc ? 0 : 1);
}

function bySeverity(a: Drawing, b: Drawing): number {
  if (a.worst === undefined || b.worst === undefined) return Number(a.worst === undefined) - Number(b.worst === undefined);
  return compareSeverity(a.worst, b.worst);
}
