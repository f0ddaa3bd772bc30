import { type LaidOut, LINE, layOut, PADDING } from "./lay-out.ts";
import { type Markup, markup } from "./markup.ts";
import type { Scene, SceneEdge, SceneNode } from "./scene.ts";
import { type Box, round } from "./way-path.ts";

/** A scene as SVG: an image whose title and description are of these ids. What it shows, `sceneTable` says in words. */
export function drawing(scene: Scene, { label, id }: { readonly label: string; readonly id: string }): Markup {
  if (scene.nodes.length === 0) return markup`<p class="soft">${scene.nothing}</p>`;
  const laid = layOut(scene);
  const { width, height, nodes, edges, vpc } = laid;
  const size = `0 0 ${round(width)} ${round(height)}`;
  // What is exposed lies on top.
  const sorted = edges.toSorted((a, b) => Number(a.edge.exposed) - Number(b.edge.exposed));
  return markup`<svg class="network" role="img" aria-labelledby="${id}-title" viewBox="${size}" width="${round(width)}" height="${round(height)}">
<title id="${id}-title">${label}</title>
<defs>${["plain", "exposed"].map((name) => arrowHead(`${id}-${name}`, name))}</defs>
${vpc === undefined ? [] : [vpcFrame(vpc)]}${sorted.map(({ edge, path }) => edgePath(edge, path, id))}${nodes.map(nodeBox)}</svg>`;
}

function arrowHead(id: string, name: string): Markup {
  return markup`<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head ${name}" d="M0,0.5L8,4L0,7.5Z"/></marker>`;
}

function vpcFrame(box: Box): Markup {
  return markup`<rect class="vpc" ${placed(box)} rx="12"/>`;
}

function edgePath({ kind, exposed }: SceneEdge, path: string, id: string): Markup {
  const head = kind === "outbound" ? markup`` : markup` marker-end="url(#${id}-${exposed ? "exposed" : "plain"})"`;
  return markup`<path class="way ${kind}${exposed ? " exposed" : ""}" d="${path}"${head}/>`;
}

function nodeBox({ node, box, texts }: LaidOut["nodes"][number]): Markup {
  const left = round(box.x - box.width / 2 + PADDING.x);
  const top = box.y - box.height / 2 + PADDING.y;
  const lines = texts.map(
    ({ text, kind }, i) => markup`<text class="${kind}" x="${left}" y="${round(top + LINE * (i + 0.72))}">${text}</text>`,
  );
  return markup`<g class="${classesOf(node)}"><rect ${placed(box)} rx="8"/>${lines}</g>`;
}

function classesOf({ kind, exposed, trouble }: SceneNode): string {
  return ["box", kind, ...(exposed ? ["exposed"] : []), ...(trouble === undefined ? [] : ["trouble"])].join(" ");
}

function placed({ x, y, width, height }: Box): Markup {
  return markup`x="${round(x - width / 2)}" y="${round(y - height / 2)}" width="${round(width)}" height="${round(height)}"`;
}

const WAYS: Readonly<Record<SceneEdge["kind"], string>> = { open: "leads to", outbound: "lets out", doubtful: "may lead to" };

/** The same in words: one row a box. */
export function sceneTable({ nodes, edges }: Scene): Markup {
  const names = new Map(nodes.map((node) => [node.id, nameOf(node)]));
  const rows = nodes.map((node) => {
    const ways = edges.filter(({ from }) => from === node.id).map(({ to, kind }) => `${WAYS[kind]} ${names.get(to) ?? to}`);
    const state = [...(node.exposed ? ["exposed"] : []), ...(node.trouble === undefined ? [] : [`${node.trouble} finding`])].join(", ");
    return markup`<tr><th scope="row">${nameOf(node)}</th><td>${[...marks(node), ...node.lines.map(({ text }) => text)].join("; ")}</td><td>${ways.join("; ")}</td><td>${state}</td></tr>`;
  });
  return markup`<table class="plain"><thead><tr><th scope="col">What</th><th scope="col">Known of it</th><th scope="col">Way</th><th scope="col">State</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function marks({ mark }: SceneNode): string[] {
  return mark === undefined ? [] : [mark];
}

function nameOf({ title, name, of }: SceneNode): string {
  if (of !== undefined) return `${title} by ${of}`;
  return name === undefined || name === title ? title : `${title} ${name}`;
}
