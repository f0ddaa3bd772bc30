import { Graph, layout } from "@dagrejs/dagre";
import * as z from "zod/mini";
import { visible } from "../../slack/text.ts";
import { clip } from "../clip.ts";
import type { Scene, SceneEdge, SceneNode } from "./scene.ts";
import type { Mark } from "./teller.ts";
import { type Box, columnsOf, pathOf } from "./way-path.ts";
import { INTERNET } from "./ways.ts";

export interface LaidOut {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly { readonly node: SceneNode; readonly box: Box; readonly texts: readonly Text[] }[];
  readonly edges: readonly { readonly edge: SceneEdge; readonly path: string }[];
  /** Around all that is inside of the VPC. */
  readonly vpc?: Box;
}

interface Text {
  readonly text: string;
  readonly kind: "title" | "name" | "mark" | "line" | "forbidden";
}

const Point = z.object({ x: z.number(), y: z.number() });
const Placed = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
const Routed = z.object({ points: z.array(Point) });

const VPC = "the VPC";
const LINE = 17;
const PADDING = { x: 14, y: 11 };
const LONGEST = 32;
const SIGNS: Readonly<Record<Mark, string>> = { new: "+", changed: "~", replaced: "±" };
const MOST_LINES = 3;
// Average widths of a character, in units: the fonts of the page at the sizes of its style sheet, on the safe side.
const WIDTHS: Readonly<Record<Text["kind"], number>> = { title: 8.3, name: 7, mark: 7, line: 7, forbidden: 7 };

/** Places the boxes of a scene from left, the internet, to right, the ports. */
export function layOut({ nodes, edges, vpc }: Scene): LaidOut {
  const graph = new Graph({ compound: true });
  graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 44, edgesep: 12, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  const texts = new Map(nodes.map((node) => [node.id, textsOf(node)]));
  if (vpc !== undefined) graph.setNode(VPC, {});
  for (const node of nodes) {
    graph.setNode(node.id, sizeOf(texts.get(node.id) ?? []));
    if (vpc !== undefined && isInside(node)) graph.setParent(node.id, VPC);
  }
  const known = edges.filter(({ from, to }) => texts.has(from) && texts.has(to));
  for (const { from, to } of known) graph.setEdge(from, to, { weight: to.startsWith(from) ? 4 : 1 });
  // What nothing is known to lead to stands beside what something leads to, and not before it.
  const reached = new Set(known.map(({ to }) => to));
  for (const { id, kind } of nodes)
    if (kind === "subnet" && !reached.has(id) && texts.has(INTERNET)) graph.setEdge(INTERNET, id, { minlen: 2 });
  layout(graph);
  const { width, height } = z.object({ width: z.number(), height: z.number() }).parse(graph.graph());
  const boxes = new Map(nodes.map(({ id }) => [id, Placed.parse(graph.node(id))]));
  const columns = columnsOf([...boxes.values()]);
  const boxOf = (id: string) => boxes.get(id) ?? { x: 0, y: 0, width: 0, height: 0 };
  const pathFor = ({ from, to }: SceneEdge) => pathOf(boxOf(from), boxOf(to), columns, Routed.parse(graph.edge(from, to)).points);
  const inside = vpc !== undefined && nodes.some(isInside);
  return {
    width,
    height,
    nodes: nodes.map((node) => ({ node, box: boxOf(node.id), texts: texts.get(node.id) ?? [] })),
    edges: known.map((edge) => ({ edge, path: pathFor(edge) })),
    ...(inside && { vpc: Placed.parse(graph.node(VPC)) }),
  };
}

function isInside({ kind, id }: SceneNode): boolean {
  return kind === "subnet" || kind === "group" || kind === "ports" || kind === "open" || id === "somewhere";
}

function textsOf({ title, name, mark, lines, exposed }: SceneNode): Text[] {
  return [
    ...wrapped(title, 1).map((text): Text => ({ text, kind: "title" })),
    ...(name === undefined || name === title ? [] : wrappedName(name).map((text): Text => ({ text, kind: "name" }))),
    ...(mark === undefined ? [] : [{ text: `${SIGNS[mark]} ${mark}`, kind: "mark" as const }]),
    ...lines.flatMap(({ text, tone }) =>
      wrapped(text, MOST_LINES).map((line): Text => ({ text: line, kind: tone === "forbidden" && exposed ? "forbidden" : "line" })),
    ),
  ];
}

function sizeOf(texts: readonly Text[]): { width: number; height: number } {
  const longest = Math.max(...texts.map(({ text, kind }) => text.length * WIDTHS[kind]));
  return { width: Math.max(96, Math.ceil(longest) + 2 * PADDING.x), height: texts.length * LINE + 2 * PADDING.y };
}

// In few lines, broken between words, and long words after their dots, slashes and underscores; what does not fit ends with a sign
// that it goes on.
function wrapped(text: string, most: number): string[] {
  const lines = linesIn(text);
  const shown = lines.slice(0, most).map((line) => clip(line, LONGEST));
  return lines.length <= most ? shown : shown.with(-1, `${clip(shown.at(-1) ?? "", LONGEST - 2)} …`);
}

// The end of an address tells it from others.
function wrappedName(text: string): string[] {
  const lines = linesIn(text).map((line) => clip(line, LONGEST));
  return lines.length <= MOST_LINES ? lines : [lines[0] ?? "", "…", ...lines.slice(2 - MOST_LINES)];
}

function linesIn(text: string): string[] {
  const lines = [""];
  for (const word of visible(text).split(" ")) {
    const [first = "", ...rest] = word.length <= LONGEST ? [word] : (word.match(/[^._/]*[._/]+|[^._/]+/g) ?? []);
    const line = lines.at(-1) ?? "";
    put(lines, line === "" ? first : ` ${first}`);
    for (const part of rest) put(lines, part);
  }
  return lines;
}

function put(lines: string[], part: string): void {
  const line = lines.at(-1) ?? "";
  if (line === "" || line.length + part.length <= LONGEST) lines[lines.length - 1] = `${line}${part}`;
  else lines.push(part.trimStart());
}

export { LINE, PADDING };
