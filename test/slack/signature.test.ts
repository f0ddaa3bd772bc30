import { createHmac } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { isSigned } from "../../lib/slack/signature.ts";

// The example of https://docs.slack.dev/authentication/verifying-requests-from-slack: not of our making.
const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
const TIMESTAMP = "1531420618";
const BODY =
  "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
const SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
const NOW = 1_531_420_618_000;
const MINUTE = 60_000;

const request = { body: BODY, timestamp: TIMESTAMP, signature: SIGNATURE };

function sign(body: string, timestamp: string, secret = SECRET, version = "v0"): string {
  return `${version}=${createHmac("sha256", secret).update(`${version}:${timestamp}:${body}`).digest("hex")}`;
}

describe("a request that Slack signed", () => {
  test("is known by Slack's own example", () => expect(isSigned(request, SECRET, NOW)).toBe(true));
  test("is known by its bytes as well", () => expect(isSigned({ ...request, body: Buffer.from(BODY) }, SECRET, NOW)).toBe(true));
  test("holds for five minutes, to either side", () => {
    for (const late of [5 * MINUTE, -5 * MINUTE]) expect(isSigned(request, SECRET, NOW + late)).toBe(true);
  });
  test("may hold text beyond ASCII", () => {
    const body = "text=Überraschung 🔒";
    expect(isSigned({ body, timestamp: TIMESTAMP, signature: sign(body, TIMESTAMP) }, SECRET, NOW)).toBe(true);
  });
  test("may be empty", () => expect(isSigned({ body: "", timestamp: TIMESTAMP, signature: sign("", TIMESTAMP) }, SECRET, NOW)).toBe(true));
});

describe("a request is refused", () => {
  const REFUSED: Record<string, [changed: Partial<typeof request> | { signature: undefined } | { timestamp: undefined }, now?: number]> = {
    "with one byte more": [{ body: `${BODY} ` }],
    "with one byte of another value": [{ body: BODY.replace("roadrunner", "roadrunnes") }],
    "with one byte less": [{ body: BODY.slice(0, -1) }],
    "that is signed with another secret": [{ signature: sign(BODY, TIMESTAMP, "another") }],
    "that is signed with no secret": [{ signature: sign(BODY, TIMESTAMP, "") }],
    "with the signature of another body": [{ signature: sign("payload={}", TIMESTAMP) }],
    "with the signature of another moment": [{ timestamp: String(Number(TIMESTAMP) + 1) }],
    "of another version": [{ signature: sign(BODY, TIMESTAMP, SECRET, "v1") }],
    "of no version": [{ signature: SIGNATURE.slice(3) }],
    "with a signature in capitals": [{ signature: SIGNATURE.toUpperCase() }],
    "with a signature that is cut short": [{ signature: SIGNATURE.slice(0, -2) }],
    "with a signature that is too long": [{ signature: `${SIGNATURE}00` }],
    "with an empty signature": [{ signature: "" }],
    "without a signature": [{ signature: undefined }],
    "without a timestamp": [{ timestamp: undefined }],
    "with an empty timestamp": [{ timestamp: "" }],
    "after five minutes and a second": [{}, NOW + 5 * MINUTE + 1000],
    "from the future": [{}, NOW - 5 * MINUTE - 1000],
  };
  for (const [name, [changed, now = NOW]] of Object.entries(REFUSED)) {
    test(name, () => expect(isSigned({ ...request, ...changed }, SECRET, now)).toBe(false));
  }

  for (const timestamp of ["now", "NaN", "1e9", "0x5b47", " 1531420618", "1531420618.5", "-1531420618", "1531420618\n", "９"]) {
    test(`with the timestamp ${JSON.stringify(timestamp)}, though it is signed`, () => {
      const signature = sign(BODY, timestamp);
      expect(isSigned({ body: BODY, timestamp, signature }, SECRET, NOW)).toBe(false);
    });
  }

  test("where no secret is known, though somebody signed it with none", () =>
    expect(isSigned({ ...request, signature: sign(BODY, TIMESTAMP, "") }, "", NOW)).toBe(false));
});
