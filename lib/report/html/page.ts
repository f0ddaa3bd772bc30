import type { Write } from "../report.ts";
import type { Content } from "./content.ts";
import type { PageData } from "./data.ts";
import { decisionsSection } from "./decisions-section.ts";
import { embedJson, hashSource, type Markup, markup } from "./markup.ts";
import { networksSection } from "./networks-section.ts";
import { doubtsSection, header, overview } from "./overview.ts";
import { pageScript, pageStyle } from "./script.ts";
import { heatSection, timeSection, whoSection } from "./sections.ts";

/** Writes the page, part by part. It may load, run and send nothing but what stands in it: its security policy says so. */
export async function writePage(write: Write, content: Content): Promise<void> {
  const { gathered, blocks, chunk } = content;
  const [style, script] = [pageStyle(), pageScript()];
  const policy = `default-src 'none'; style-src ${hashSource(style)}; script-src ${hashSource(script)}; base-uri 'none'; form-action 'none'`;
  const data: PageData = { rows: gathered.rows, ...gathered.lists, chunk };
  await write(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${markup`Portcullis review of ${content.subject}`}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#decisions">To the decisions</a>
`);
  for (const part of [
    header(content),
    markup`<main>`,
    overview(content),
    timeSection(content),
    heatSection(content),
    whoSection(content),
  ]) {
    await write(`${part}\n`);
  }
  for (const part of [networksSection(content), decisionsSection(content), doubtsSection(content), markup`</main>`, footer(content)]) {
    await write(`${part}\n`);
  }
  await write(jsonElement("data", embedJson(data)));
  for (const [i, block] of blocks.entries()) await write(jsonElement(`details-${i}`, block));
  await write(`<script>${script}</script>\n</body>\n</html>\n`);
}

function jsonElement(id: string, json: Markup): string {
  return `<script type="application/json" id="${id}">${json}</script>\n`;
}

function footer({ version, policyName }: Content): Markup {
  return markup`<footer><p>Portcullis ${version}. Policy: ${policyName}. All times are UTC. This page loads and sends nothing.</p></footer>`;
}
