import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseHTML } from "linkedom";
import { embedJson, hashSource, markup } from "../../../lib/report/html/markup.ts";
import { visible } from "../../../lib/slack/text.ts";
import { hostileHtml } from "./hostile.ts";

describe("markup", () => {
  test("takes every text for foreign, as content and as an attribute", () => {
    fc.assert(
      fc.property(hostileHtml, (text) => {
        const { document } = parseHTML(`<html><body>${markup`<p title="${text}">${text}</p><i></i>`}</body></html>`);
        const [p, i, ...others] = document.body.children;
        expect([p?.nodeName, i?.nodeName, others]).toEqual(["P", "I", []]);
        expect(p?.getAttribute("title")?.trim()).toBe(visible(text));
        expect(p?.textContent?.trim()).toBe(visible(text));
        expect(p?.attributes).toHaveLength(1);
      }),
      { numRuns: 1_000 },
    );
  });

  test("keeps the blanks around a text, one each, and shows what turns the direction of none", () => {
    expect(markup`<b>${" · a\n\n"}</b>`.text).toBe("<b> · a </b>");
    expect(markup`<b>${"\u202eevil\u2066"}</b>`.text).toBe("<b>evil</b>");
    expect(markup`<b>${["a", "b"].map((text) => markup`<i>${text}&</i>`)}</b>`.text).toBe("<b><i>a&</i><i>b&</i></b>");
  });
});

describe("embedded JSON", () => {
  test("ends no script, begins no comment, and reads back as what is visible", () => {
    fc.assert(
      fc.property(hostileHtml, (text) => {
        const { text: json } = embedJson({ text: [text] });
        expect(json).not.toMatch(/[<>&\u2028\u2029]/);
        expect(JSON.parse(json)).toEqual({ text: [visible(text)] });
      }),
      { numRuns: 1_000 },
    );
  });

  test.each(["</script><script>alert(1)</script>", "<!--<script>", "a\u2028b\u2029c", "\ud800"])("holds %j", (text) => {
    expect(embedJson(text).text).toMatch(/^"[^<>\u2028\u2029\ud800]*"$/);
  });
});

test("a policy names a script by its hash", () => {
  // echo -n "alert(1)" | openssl dgst -sha256 -binary | base64
  expect(hashSource("alert(1)")).toBe("'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='");
});
