import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseHTML } from "linkedom";
import * as z from "zod/mini";
import type { Decision } from "../../../lib/model/decision.ts";
import { hashSource } from "../../../lib/report/html/markup.ts";
import { pageScript } from "../../../lib/report/html/script.ts";
import { visible } from "../../../lib/slack/text.ts";
import { change, decision } from "../../support/decisions.ts";
import { pageOf } from "../../support/html-page.ts";
import { EXAMPLE, hostile, UNREADABLE } from "../../support/reporting.ts";
import { hostileHtml } from "./hostile.ts";

const EXTERNAL = /\b(?:src|srcset|poster|data|action|formaction|background|ping)\s*=\s*"|url\((?!#)|@import|https?:\/\/[^"]*"(?!,"|})/i;

// Every element and the names of its attributes, in their order: what foreign text must not change.
function skeletonOf(page: string): string {
  const { document } = parseHTML(page);
  return [...document.querySelectorAll("*")]
    .map((element) => `${element.nodeName}[${[...element.attributes].map(({ name }) => name)}]`)
    .join(" ");
}

function jsonIn(page: string, id: string): unknown {
  const [, json = ""] = new RegExp(`<script type="application/json" id="${id}">(.*?)</script>`, "s").exec(page) ?? [];
  return JSON.parse(json);
}

describe("the page", () => {
  test("is the same to the byte when it is written again", async () => {
    expect(await pageOf(EXAMPLE, UNREADABLE)).toBe(await pageOf(EXAMPLE, UNREADABLE));
  });

  test("lets in its own script and style by their hashes, and nothing else", async () => {
    const page = await pageOf(EXAMPLE);
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    const [, style = ""] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
    expect(policy).toBe(
      `default-src 'none'; style-src ${hashSource(style)}; script-src ${hashSource(pageScript())}; base-uri 'none'; form-action 'none'`,
    );
    expect(page.split("<script>")).toHaveLength(2);
    expect(page).toContain(`<script>${pageScript()}</script>`);
    expect(page.replace(/<script.*?<\/script>/gs, "")).not.toMatch(EXTERNAL);
    expect(page.replace(/<script.*?<\/script>/gs, "")).not.toMatch(/ style="| on\w+="/);
  });

  test("tells every decision, with its details where the script looks for them", async () => {
    const many = Array.from({ length: 250 }, (_, i) => decision({ change: change({ id: `event-${i}` }) }));
    const page = await pageOf(many);
    const Data = z.object({ rows: z.array(z.object({ id: z.string() })), chunk: z.number() });
    const { rows, chunk } = Data.parse(jsonIn(page, "data"));
    expect(rows.map(({ id }) => id)).toEqual(many.map(({ change: { id } }) => id));
    const Block = z.array(z.object({ id: z.string() }));
    const details = [0, 1, 2].flatMap((block) => Block.parse(jsonIn(page, `details-${block}`)));
    expect(chunk).toBe(100);
    expect(details.map(({ id }) => id)).toEqual(many.map(({ id }) => id));
  });

  test("says in its headline what the worst is, and never calls clean what was not judged or read", async () => {
    const headline = async (...given: Parameters<typeof pageOf>) => /<h1[^>]*>(.*?)<\/h1>/.exec(await pageOf(...given))?.[1];
    const clean = EXAMPLE.filter(({ outcome }) => outcome === "clean");
    const open = EXAMPLE.filter(({ outcome }) => outcome === "alert");
    expect(await headline(EXAMPLE)).toBe("2 critical and 1 medium findings, in 3 resources");
    expect(await headline([decision()])).toBe("1 critical finding, in 1 resource");
    expect(await headline(clean)).toBe("Nothing forbidden was found");
    expect(await headline(clean, UNREADABLE)).toBe("Nothing forbidden was found, but not all was judged");
    expect(await headline(open)).toBe("Nothing forbidden was found, but not all was judged");
    expect(await headline([], UNREADABLE)).toBe("Nothing forbidden was found, but not all was judged");
    expect(await headline([])).toBe("No change that a rule judges");
    expect(await pageOf([], UNREADABLE)).toContain("Unreadable, so not judged: 1");
  });
});

describe("hostile text", () => {
  test("changes nothing of the page's structure", async () => {
    const expected = skeletonOf(await pageOf(hostile("x"), [{ source: "x", index: 0, reason: "x" }], { subject: "x" }));
    await fc.assert(
      fc.asyncProperty(
        hostileHtml.filter((text) => /[^\s]/.test(visible(text))),
        async (text) => {
          const page = await pageOf(hostile(text), [{ source: text, index: 0, reason: text }], { subject: text });
          expect(skeletonOf(page)).toBe(expected);
          expect(page).not.toMatch(/[\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f]/);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("is whole in the data, as far as it is visible", async () => {
    const text = 'web</script><img src=x onerror="alert(1)">\u2028\u202ex';
    const named: Decision = decision({ names: { subject: text } });
    const page = await pageOf([named]);
    expect(page).not.toContain("<img");
    expect(jsonIn(page, "data")).toMatchObject({ rows: [{ resource: `security group ${named.change.subject.id} (${visible(text)})` }] });
  });
});

test("the script is plain JavaScript, in one scope of its own", () => {
  const script = pageScript();
  expect(() => new Function(script)).not.toThrow();
  expect(script).not.toMatch(/^\s*(?:import|export)\b|innerHTML|insertAdjacentHTML|document\.write|eval\(/m);
});
