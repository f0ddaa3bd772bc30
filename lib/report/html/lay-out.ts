import { Graph, layout } from "@dagrejs/dagre";
import * as z from "zod/mini";
import type { Scene, SceneEdge, SceneNode } from "./scene.ts";

/** A box with its middle and size, in units of SVG. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface LaidOut {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly { readonly node: SceneNode; readonly box: Box; readonly texts: readonly Text[] }[];
  readonly edges: readonly { readonly edge: SceneEdge; readonly points: readonly Point[] }[];
  /** Around all that is inside of the VPC. */
  readonly vpc?: Box;
}

export interface Text {
  readonly text: string;
  readonly kind: "title" | "name" | "line" | "forbidden";
}
type Point = Pick<Box, "x" | "y">;

const Point = z.object({ x: z.number(), y: z.number() });
const Placed = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
const Routed = z.object({ points: z.array(Point) });

const VPC = "the VPC";
const LINE = 17;
const PADDING = { x: 14, y: 11 };
const LONGEST = 46;
// Average widths of a character, in units: the fonts of the page at the sizes of its style sheet, on the safe side.
const WIDTHS: Readonly<Record<Text["kind"], number>> = { title: 7.4, name: 7, line: 7, forbidden: 7 };

/** Places the boxes of a scene from left, the internet, to right, the ports. */
export function layOut({ nodes, edges, vpc }: Scene): LaidOut {
  const graph = new Graph({ compound: true });
  graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 56, edgesep: 12, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  const texts = new Map(nodes.map((node) => [node.id, textsOf(node)]));
  if (vpc !== undefined) graph.setNode(VPC, {});
  for (const node of nodes) {
    graph.setNode(node.id, sizeOf(texts.get(node.id) ?? []));
    if (vpc !== undefined && isInside(node)) graph.setParent(node.id, VPC);
  }
  const known = edges.filter(({ from, to }) => texts.has(from) && texts.has(to));
  for (const { from, to } of known) graph.setEdge(from, to, { weight: to.startsWith(from) ? 4 : 1 });
  layout(graph);
  const { width, height } = z.object({ width: z.number(), height: z.number() }).parse(graph.graph());
  const inside = vpc !== undefined && nodes.some(isInside);
  return {
    width,
    height,
    nodes: nodes.map((node) => ({ node, box: Placed.parse(graph.node(node.id)), texts: texts.get(node.id) ?? [] })),
    edges: known.map((edge) => ({ edge, points: Routed.parse(graph.edge(edge.from, edge.to)).points })),
    ...(inside && { vpc: Placed.parse(graph.node(VPC)) }),
  };
}

function isInside({ kind, id }: SceneNode): boolean {
  return kind === "subnet" || kind === "group" || kind === "ports" || id === "somewhere";
}

function textsOf({ title, name, lines }: SceneNode): Text[] {
  return [
    { text: short(title), kind: "title" },
    ...(name === undefined || name === title ? [] : [{ text: short(name), kind: "name" } as const]),
    ...lines.map(({ text, tone }): Text => ({ text: short(text), kind: tone === "forbidden" ? "forbidden" : "line" })),
  ];
}

function sizeOf(texts: readonly Text[]): { width: number; height: number } {
  const longest = Math.max(...texts.map(({ text, kind }) => text.length * WIDTHS[kind]));
  return { width: Math.max(96, Math.ceil(longest) + 2 * PADDING.x), height: texts.length * LINE + 2 * PADDING.y };
}

function short(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

export { LINE, PADDING };
