import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { code, link, listed, plain, prose, visible } from "../../lib/slack/text.ts";
import { markupToHtml } from "../support/slack-markup.ts";

describe("foreign text is inert in markup", () => {
  // What the caller of AWS may write, and what Slack must be given for it.
  const CASES: Record<string, [written: string, sent: string]> = {
    "a mention of the whole channel": ["<!channel> look", "&lt;!channel&gt; look"],
    "a mention without brackets": ["@here and @Channel", "＠here and ＠Channel"],
    "a mention of a person": ["<@U012AB3CD>", "&lt;@U012AB3CD&gt;"],
    "a link with another label": ["<https://evil.example|console>", "&lt;https://evil.example¦console&gt;"],
    bold: ["*closed by policy*", "∗closed by policy∗"],
    italics: ["_closed_ by", "ˍclosedˍ by"],
    strike: ["~not~ closed", "∼not∼ closed"],
    code: ["`tcp 22`", "ˋtcp 22ˋ"],
    "a quote": [">> said security", "›› said security"],
    "an emoji": [":white_check_mark: approved", "∶white_check_mark: approved"],
    "an escape that is one already": ["&lt;b&gt;", "&amp;lt;b&amp;gt;"],
    "a right-to-left override": ["abc\u202Etxt.exe", "abctxt.exe"],
    "direction isolates": ["a\u2066b\u2069c", "abc"],
    "zero-width characters": ["@he\u200Bre\u200D\uFEFF", "＠here"],
    "a zero-width character that hides a mention": ["@\u200Bchannel", "＠channel"],
    "invisible letters": ["a\u3164b\u115Fc\u2800d", "abcd"],
    "tag characters": ["ok\u{E0041}\u{E0042}", "ok"],
    "line breaks": ["one\n*Decision*\r\ntwo\u2028three", "one ∗Decision∗ two three"],
    controls: ["a\u0000b\u001B[31mc\u0085d", "a b [31mc d"],
    "half a surrogate pair": ["a\uD83Db", "a\uFFFDb"],
    "a name with underscores stays as it is": ["web_servers_eu", "web_servers_eu"],
    "an e-mail address stays as it is": ["lena_b@example.com", "lena_b@example.com"],
    "an arn holds what may be an emoji": ["arn:aws:iam::111122223333:user/lena", "arn∶aws∶iam:∶111122223333:user/lena"],
  };
  for (const [name, [written, sent]] of Object.entries(CASES)) {
    test(name, () => expect(prose(written, 200)).toBe(sent));
  }

  test("in code, all but backticks stays exact", () => {
    expect(code("*a* _b_ :c: `d` <!here> & e", 200)).toBe("`*a* _b_ :c: ˋdˋ &lt;!here&gt; &amp; e`");
    expect(code(" \u200B ", 20)).toBe("`(empty)`");
  });

  test("a label cannot end its link or name another target", () => {
    const page = new URL("https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1&x=<|>#y");
    const text = link(page, "web> <https://evil.example|x", 100);
    expect(text.match(/[<>|]/g)).toEqual(["<", "|", ">"]);
    expect(text.startsWith("<https://eu-west-1.console.aws.amazon.com/")).toBe(true);
    expect(text.endsWith(">")).toBe(true);
  });

  test("plain text holds no sign of markup", () => {
    expect(plain("<!here> & :fire: ok", 100)).toBe("‹!here› ＆ ∶fire: ok");
  });

  const HOSTILE = fc
    .array(
      fc.constantFrom(
        "<",
        ">",
        "&",
        "*",
        "_",
        "~",
        "`",
        "|",
        "@",
        "!",
        ":",
        "here",
        "channel",
        "https://x.example",
        " ",
        "\n",
        "a",
        "é",
        "😀",
        "\u202E",
        "\u200B",
      ),
      { maxLength: 40 },
    )
    .map((parts) => parts.join(""));

  test("whatever is written, a reader sees text only", () => {
    fc.assert(
      fc.property(HOSTILE, (text) => {
        expect(markupToHtml(prose(text, 500))).not.toMatch(/<(b|i|s|a|code|pre|blockquote|span|time|br)\b/);
        const shown = markupToHtml(`before ${code(text, 500)} after`);
        expect(shown.match(/<[^>]*>/g)).toEqual(["<code>", "</code>"]);
      }),
    );
  });
});

describe("text is cut to its limit", () => {
  test("between code points", () => {
    expect(prose("😀😀😀", 5)).toBe("😀😀…");
    expect(prose("😀😀😀", 6)).toBe("😀😀😀");
    expect(prose("😀😀😀", 4)).toBe("😀…");
  });

  test("never within an escape", () => {
    expect(prose("<<<", 12)).toBe("&lt;&lt;&lt;");
    expect(prose("<<<", 11)).toBe("&lt;&lt;…");
    expect(prose("<<<", 8)).toBe("&lt;…");
  });

  test("for any text and limit, with code's backticks counted", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.integer({ min: 12, max: 40 }), (text, limit) => {
        for (const cut of [prose(text, limit), code(text, limit), plain(text, limit)]) {
          expect(cut.length).toBeLessThanOrEqual(limit);
          expect(cut.isWellFormed()).toBe(true);
        }
        // What fits is whole.
        if (visible(text).length * 5 <= limit) expect(prose(text, limit)).not.toContain("…".repeat(text.includes("…") ? 99 : 1));
      }),
    );
  });

  test("a list says how many more there are", () => {
    expect(listed(["a", "b", "c"], 3, String)).toBe("• a\n• b\n• c");
    expect(listed(["a", "b", "c", "d", "e"], 3, String)).toBe("• a\n• b\n• c\n• and 2 more");
  });
});
