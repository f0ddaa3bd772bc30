import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { WATCHED_CALLS } from "../../lib/cloudtrail/calls.ts";
import { changesOf } from "../../lib/cloudtrail/parse.ts";
import { skim } from "../../lib/cloudtrail/skim.ts";
import { Splitter } from "../../lib/cloudtrail/splitter.ts";

const EVENTS = new URL("../../events/", import.meta.url).pathname;

// Every element of the recorded events, as the bytes that stand in their files.
const ELEMENTS = readdirSync(EVENTS, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(json|gz|jsonl)$/.test(name))
  .sort()
  .flatMap((name) => {
    const bytes = readFileSync(join(EVENTS, name));
    const splitter = new Splitter();
    const pieces = [...splitter.push(name.endsWith(".gz") ? gunzipSync(bytes) : bytes), ...splitter.end()];
    return pieces.flatMap((piece) => ("bytes" in piece ? [piece.bytes] : []));
  });

/** What becomes of an element that is parsed. */
function parsed(bytes: Buffer): string {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return changesOf(value).kind;
  } catch {
    return "unreadable";
  }
}

const isSkipped = (bytes: Buffer | string) => skim(Buffer.from(bytes), 0) >= 0;
const text = (record: unknown, space?: string | number) => JSON.stringify(record, null, space);

describe("what is skipped is ignored when it is parsed", () => {
  test("on every recorded event, and nearly all that is ignored as not watched is skipped", () => {
    let skipped = 0;
    let ignored = 0;
    for (const bytes of ELEMENTS) {
      const kind = parsed(bytes);
      if (kind === "ignored") ignored++;
      if (!isSkipped(bytes)) continue;
      skipped++;
      expect({ kind, end: skim(bytes, 0) }).toEqual({ kind: "ignored", end: bytes.length });
    }
    expect(ELEMENTS.length).toBeGreaterThan(3_000);
    expect(skipped).toBeGreaterThan(ignored * 0.95);
  });

  test("with any bytes of it replaced, taken out or put in", () => {
    const bytes = fc.oneof(
      fc.constantFrom(...[...'{}[]",:\\ \n\t\u0000eE+-.019tfnu'].map((sign) => Buffer.from(sign))),
      fc.constantFrom(
        ...['"eventName":"RunInstances",', '"eventSource":"",', "\\u0041", '"Records":[],', '"detail-type":1,', ",,", "01", "é"].map(
          (part) => Buffer.from(part),
        ),
      ),
      fc.uint8Array({ minLength: 0, maxLength: 3 }).map((list) => Buffer.from(list)),
    );
    const mutation = fc.record({ at: fc.nat(), remove: fc.nat({ max: 3 }), put: bytes });
    let skipped = 0;
    fc.assert(
      fc.property(fc.nat({ max: ELEMENTS.length - 1 }), fc.array(mutation, { minLength: 1, maxLength: 3 }), (n, mutations) => {
        let bytes = ELEMENTS[n] ?? Buffer.alloc(0);
        for (const { at, remove, put } of mutations) {
          const place = at % (bytes.length + 1);
          bytes = Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + remove)]);
        }
        const end = skim(bytes, 0);
        if (end < 0) return;
        skipped++;
        // What follows the element is not the element's.
        expect([bytes.toString(), parsed(bytes.subarray(0, end))]).toEqual([bytes.toString(), "ignored"]);
      }),
      { numRuns: 20_000 },
    );
    expect(skipped).toBeGreaterThan(1_000);
  });

  test("with its members in any order, doubled, nested and in any white space", () => {
    const names = fc.constantFrom(...WATCHED_CALLS.map(({ name }) => name), "StartInstances", "", "AuthorizeSecurityGroupIngressX", "Δ");
    const sources = fc.constantFrom("ec2.amazonaws.com", "s3.amazonaws.com", "");
    const member = fc.oneof(
      names.map((name) => `"eventName":${text(name)}`),
      sources.map((source) => `"eventSource":${text(source)}`),
      fc.json({ maxDepth: 3 }).map((json) => `"requestParameters":${json}`),
      fc.constantFrom('"eventName":7', '"eventName":{"content":"RunInstances"}', '"event\\u004eame":"RunInstances"', '"readOnly":true'),
      fc.constantFrom('"detail-type":"x"', '"detail":{"eventName":"RunInstances","eventSource":"ec2.amazonaws.com"}', '"Records":[]'),
    );
    const record = fc.array(member, { maxLength: 6 }).map((members) => `{${members.join(",")}}`);
    const wrapped = fc.oneof(
      record,
      record.map((inner) => text({ eventName: "X", eventSource: "y", CloudTrailEvent: inner })),
    );
    fc.assert(
      fc.property(wrapped, fc.constantFrom(undefined, 1, "\t", "\r\n "), (json, space) => {
        // Laid out anew only without doubled names, which parsing would lose.
        const bytes = Buffer.from(space === undefined ? json : json.replaceAll(/([{,:}])(?=")/g, `$1${space === 1 ? " " : space}`));
        if (isSkipped(bytes)) expect([bytes.toString(), parsed(bytes)]).toEqual([bytes.toString(), "ignored"]);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("is in doubt about", () => {
  test("every call that is watched", () => {
    const record = (eventName: string, eventSource: string) => text({ eventVersion: "1.08", eventSource, eventName, readOnly: false });
    const skipped = WATCHED_CALLS.filter(({ name, source }) => isSkipped(record(name, source)));
    expect(skipped).toEqual([]);
    expect(WATCHED_CALLS.filter(({ name }) => !isSkipped(record(name, "other.amazonaws.com")))).toEqual([]);
  });

  const rest = '"eventSource":"ec2.amazonaws.com"';
  test.each([
    ["a watched call", `{"eventName":"RunInstances",${rest}}`],
    ["escaped letters in the name", `{"eventName":"\\u0041uthorizeSecurityGroupIngress",${rest}}`],
    ["escaped letters in a key", `{"eventName":"StartInstances","event\\u004eame":"CreateSecurityGroup",${rest}}`],
    ["two names", `{"eventName":"StartInstances","eventName":"CreateSecurityGroup",${rest}}`],
    ["no name of its own", `{"requestParameters":{"eventName":"StartInstances"},${rest}}`],
    ["no source", '{"eventName":"StartInstances"}'],
    ["an empty name", `{"eventName":"",${rest}}`],
    ["a name that is no text", `{"eventName":7,${rest}}`],
    ["an EventBridge event", `{"detail-type":"AWS API Call via CloudTrail","eventName":"X",${rest}}`],
    ["what lookup-events prints", `{"CloudTrailEvent":"{}","eventName":"X",${rest}}`],
    ["a list of records", `{"Records":[],"eventName":"X",${rest}}`],
    ["a list", `[{"eventName":"X",${rest}}]`],
    ["what is nested too deep", `{"a":${"[".repeat(40)}${"]".repeat(40)},"eventName":"X",${rest}}`],
    ...[
      '{"eventName":"X","eventSource":"y"',
      '{"eventName":"X","eventSource":"y",}',
      '{,"eventName":"X","eventSource":"y"}',
      '{"eventName":"X","eventSource":"y","a":}',
      '{"eventName":"X","eventSource":"y","a"}',
      '{"eventName":"X","eventSource":"y" "a":1}',
      '{"eventName":"X","eventSource":"y","a":[1,]}',
      '{"eventName":"X","eventSource":"y","a":[1}}',
      '{"eventName":"X","eventSource":"y","a":{"b":1]}',
      '{"eventName":"X","eventSource":"y","a":01}',
      '{"eventName":"X","eventSource":"y","a":1.}',
      '{"eventName":"X","eventSource":"y","a":-}',
      '{"eventName":"X","eventSource":"y","a":1e}',
      '{"eventName":"X","eventSource":"y","a":truE}',
      '{"eventName":"X","eventSource":"y","a":nul}',
      '{"eventName":"X","eventSource":"y","a":fals}',
      '{"eventName":"X","eventSource":"y","a":falsy}',
      '{"eventName":"X","eventSource":"y","a":nullnull}',
      '{"eventName":"X","eventSource":"y","a":tru',
      '{"eventName":"X","eventSource":"y","a":"\\x"}',
      '{"eventName":"X","eventSource":"y","a":"\\u00g0"}',
      '{"eventName":"X","eventSource":"y","a":"\n"}',
    ].map((json) => ["what is not valid JSON", json] as const),
  ])("%s: %s", (_, json) => {
    expect(isSkipped(json)).toBe(false);
  });
});

test.each([
  '{"eventName":"StartInstances","eventSource":"ec2.amazonaws.com"}',
  ' {"eventName":"X","eventSource":"y"}'.trim(),
  '{ "a" : [ ] , "b":{ },"eventName"\n:\t"X","eventSource":"y","c":[1,-0.5e+3,true,false,null,"\\u003cx\\"\\\\",{"eventName":"RunInstances"}]}',
])("skips %s", (json) => {
  expect(skim(Buffer.from(`  ${json}x`), 2)).toBe(json.length + 2);
});

test("records of a list that are skipped still count in the places of the others", () => {
  const skipped = '{"eventName":"X","eventSource":"y"}';
  const watched = '{"eventName":"RunInstances","eventSource":"ec2.amazonaws.com"}';
  const document = Buffer.from(`{"Records":[${skipped},${skipped},${watched},{"broken,${skipped}`);
  for (let size = 1; size <= document.length; size++) {
    const splitter = new Splitter(0, skim);
    let skippedCount = 0;
    const others: string[] = [];
    const chunks = Array.from({ length: Math.ceil(document.length / size) }, (_, i) => document.subarray(i * size, (i + 1) * size));
    for (const piece of [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()]) {
      if ("skipped" in piece) skippedCount += piece.skipped;
      else if ("reason" in piece) others.push(piece.reason);
      else if (skim(piece.bytes, 0) === piece.bytes.length) skippedCount++;
      else others.push(piece.bytes.toString());
    }
    expect({ size, skippedCount, others }).toEqual({ size, skippedCount: 2, others: [watched, expect.stringMatching(/^cut off/)] });
  }
});
