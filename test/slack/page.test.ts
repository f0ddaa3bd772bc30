import { describe, expect, test } from "@jest/globals";
import { messageFor } from "../../lib/slack/message.ts";
import { decision } from "../support/decisions.ts";
import { markupToHtml } from "../support/slack-markup.ts";
import { renderChannel } from "../support/slack-page.ts";

describe("the page that looks like Slack", () => {
  test("shows a message", () => {
    const page = renderChannel([{ ...messageFor(decision()), time: "10:14" }], { title: "# net-guard" });
    expect(page).toContain("<h2>🔒 Closed: tcp 22 from 0.0.0.0/0 on bastion</h2>");
    expect(page).toContain("<b>lena</b> made this change with <b>Terraform 1.13.5</b>.");
    expect(page).toContain("• <code>tcp 22 from 0.0.0.0/0</code>");
    expect(page).toContain('groupId=sg-0a1b2c3d4e5f60718" rel="noreferrer">bastion</a>');
    expect(page).toContain("<time>2026-03-02 09:14:07 UTC</time>");
  });

  test("runs nothing that a message or a title holds", () => {
    const script = "<script>alert(1)</script>";
    const text = { type: "mrkdwn", text: `${script} <javascript:alert(1)|x> <https://a.example/"onclick="alert(1)|y>` };
    const blocks = [{ type: "header", text: { type: "plain_text", text: script } }, { type: "section", text }, { type: script }];
    const page = renderChannel([{ blocks, time: script }], { title: script });
    expect(page).not.toMatch(/<script|href="javascript|"\s*onclick/i);
  });

  test("shows a thread under its parent, edits, and what one person alone sees", () => {
    const text = (said: string) => ({ text: said, blocks: [] });
    const page = renderChannel([{ ...text("parent"), edited: true, replies: [text("first"), { ...text("second"), private: true }] }], {
      title: "# net-guard",
    });
    expect(page).toMatch(/parent.*\(edited\).*aria-label="Thread, 2 replies".*first.*Only visible to you.*second/s);
  });

  test("names those who are mentioned, and marks who reads", () => {
    const names = new Map([
      ["U1", "lena"],
      ["U2", "ada"],
    ]);
    expect(markupToHtml("<@U1> <@U2> <@U3>", { names, me: "U2" })).toBe(
      '<span class="mention">@lena</span> <span class="mention me">@ada</span> <span class="mention">@U3</span>',
    );
  });

  const MARKUP: Record<string, [markup: string, html: string]> = {
    "bold over code": ["*a `b` c*", "<b>a <code>b</code> c</b>"],
    "bold within a word is none": ["2*3*4", "2*3*4"],
    "formatting in code is none": ["`*a* _b_`", "<code>*a* _b_</code>"],
    italics: ["_a b_ snake_case_name", "<i>a b</i> snake_case_name"],
    strike: ["~a~", "<s>a</s>"],
    escapes: ["a &lt;b&gt; &amp;lt;", "a &#60;b&#62; &#38;lt;"],
    "a mention": ["<!channel> <@U1>", '<span class="mention">@channel</span> <span class="mention">@U1</span>'],
    "a quote": ["&gt; a\nb", "<blockquote> a</blockquote><br>b"],
  };
  for (const [name, [markup, html]] of Object.entries(MARKUP)) test(name, () => expect(markupToHtml(markup)).toBe(html));
});
