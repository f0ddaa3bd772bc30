import fc from "fast-check";
import { hostileText } from "../../support/reporting.ts";

/** Texts that would break out of a page, if anything could. */
export const hostileHtml: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      hostileText,
      fc.constantFrom(
        "</script>",
        "</SCRIPT x>",
        "<script>alert(1)</script>",
        "<!--<script>",
        "</style>",
        "</title>",
        "</textarea>",
        "</svg>",
        '"><img src=x onerror=alert(1)>',
        "' onfocus=alert(1) autofocus='",
        "javascript:alert(1)",
        "\u2028",
        "\u2029",
        "\u202e",
        "\u2066",
        "\u200f",
        "&quot;",
        "&#x3c;",
        "$&",
      ),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.join(""));
