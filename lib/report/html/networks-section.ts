import { count } from "../summary.ts";
import type { Content } from "./content.ts";
import { drawing, sceneTable } from "./drawing.ts";
import { type Markup, markup } from "./markup.ts";
import type { Drawing } from "./networks.ts";

const MOST = 40;

/** The VPCs in which something was found, drawn as far as they are known. */
export function networksSection({ drawings, gathered }: Content): Markup {
  if (drawings.length === 0) return markup``;
  const names = new Map(gathered.lists.accounts.map(({ id, name }) => [id, name]));
  const shown = drawings
    .slice(0, MOST)
    .map((one, i) => networkFigure(one, one.account === "" ? undefined : names.get(one.account), i === 0));
  const more =
    drawings.length > MOST
      ? markup`<p class="soft">${count(drawings.length - MOST, "network")} with milder findings are not drawn.</p>`
      : markup``;
  return markup`<section id="networks" aria-labelledby="networks-title"><h2 id="networks-title">Networks</h2>
<p class="intro">Drawn from what is told, and no more. Red is what is open to the internet and should not be.</p>
<ul class="legend"><li><span class="stroke exposed"></span>open to the internet, and forbidden</li><li><span class="stroke finding"></span>a finding about it</li><li><span class="stroke"></span>a way in</li><li><span class="stroke outbound"></span>outbound only</li><li><span class="stroke doubtful"></span>not told, or known after apply only</li></ul>
${shown}${more}</section>`;
}

function networkFigure(
  { anchor, account, region, title, worst, count: n, caption, scene }: Drawing,
  name: string | undefined,
  first: boolean,
): Markup {
  const place = [name ?? account, region].filter((part) => part !== "").join(", ");
  const exposed = scene.nodes.filter(({ kind, exposed: red }) => kind === "group" && red).length;
  const label = `${title}${place === "" ? "" : ` in ${place}`}: ${exposed === 0 ? "nothing forbidden is open to the internet" : `${count(exposed, "security group")} open to the internet`}. The table below says the same in words.`;
  const notes = scene.notes.length === 0 ? [] : [markup`<ul class="notes">${scene.notes.map((note) => markup`<li>${note}</li>`)}</ul>`];
  const open = exposed > 0 ? `${count(exposed, "group")} open to the internet` : "";
  const about = [place, scene.cidrs.join(", "), count(n, "decision"), open].filter((part) => part !== "").join(" · ");
  return markup`<details class="net" id="${anchor}"${first ? markup` open` : markup``}><summary><span class="severity ${worst ?? "none"}">${worst ?? "no finding"}</span> <bdi class="mono">${title}</bdi> <span class="soft">${about}</span></summary>
<figure><div class="chart-frame" role="group" aria-label="Drawing of ${title}" tabindex="0">${drawing(scene, { label, id: anchor })}</div>
<figcaption>${caption}${notes}</figcaption></figure>
<details class="alternative"><summary>In words</summary><div class="scroll" role="group" aria-label="${title} in words" tabindex="0">${sceneTable(scene)}</div></details></details>`;
}
