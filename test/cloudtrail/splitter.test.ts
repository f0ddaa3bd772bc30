import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Splitter } from "../../lib/cloudtrail/splitter.ts";

/** Splits a document that arrives in chunks; elements as values, reasons as strings. */
function split(document: string | Buffer, cuts: readonly number[] = []): { values: unknown[]; reasons: string[] } {
  const bytes = Buffer.from(document);
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  const splitter = new Splitter();
  const pieces = places.slice(1).flatMap((end, i) => splitter.push(Buffer.from(bytes.subarray(places[i], end))));
  pieces.push(...splitter.end());
  return {
    values: pieces.flatMap((piece) => ("bytes" in piece ? [JSON.parse(piece.bytes.toString())] : [])),
    reasons: pieces.flatMap((piece) => ("reason" in piece ? [piece.reason] : [])),
  };
}

const member = fc.oneof(fc.string(), fc.constantFrom("Records", "Events", 'a"Records', "\\", '"', "{", "]", "é😀"));
// Once V8 has seen a key that ends in a backslash, JSON.parse reads other escaped keys as that one
// (https://github.com/nodejs/node/issues/63785), so what this test compares with would be wrong.
const key = member.filter((text) => !text.endsWith("\\"));
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, 0, -1.5e9, 22),
    member,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  ),
})).value;
// What JSON.stringify may put between tokens.
const indent = fc.constantFrom(undefined, 1, "\t", "\r\n ");
const cuts = fc.array(fc.nat(), { maxLength: 12 });
// A root object with a list under one of these names is a container, whatever else it holds.
const notAContainer = (value: unknown) => !(hasList(value, "Records") || hasList(value, "Events"));
const hasList = (value: unknown, name: string) =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Array.isArray(Object.entries(value).find(([key]) => key === name)?.[1]);

describe("gives what JSON.parse gives, wherever the chunks are cut", () => {
  test("of a root list", () => {
    fc.assert(
      fc.property(fc.array(json, { maxLength: 6 }), indent, cuts, (records, space, at) => {
        expect(split(JSON.stringify(records, null, space), at)).toEqual({ values: plain(records), reasons: [] });
      }),
    );
  });

  test("of a list in a root object, with other members before and after", () => {
    const others = fc.dictionary(fc.constantFrom("a", "NextToken", "b"), json, { maxKeys: 2 });
    const name = fc.constantFrom("Records", "Events");
    fc.assert(
      fc.property(fc.array(json, { maxLength: 6 }), name, others, others, indent, cuts, (records, list, before, after, space, at) => {
        const document = JSON.stringify({ ...before, [list]: records, ...after }, null, space);
        expect(split(document, at)).toEqual({ values: plain(records), reasons: [] });
      }),
    );
  });

  test("of JSON lines", () => {
    const record = fc.dictionary(key, json, { maxKeys: 5 }).filter(notAContainer);
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 6 }), fc.constantFrom("\n", "\r\n", "\n\n"), cuts, (records, newline, at) => {
        const document = records.map((value) => JSON.stringify(value)).join(newline);
        expect(split(document, at)).toEqual({ values: plain(records), reasons: [] });
        expect(split(document + newline, at)).toEqual({ values: plain(records), reasons: [] });
      }),
    );
  });

  test("of one record, however it is indented", () => {
    fc.assert(
      fc.property(fc.dictionary(key, json, { maxKeys: 5 }).filter(notAContainer), indent, cuts, (record, space, at) => {
        expect(split(`\ufeff${JSON.stringify(record, null, space)}\n`, at)).toEqual({ values: plain([record]), reasons: [] });
      }),
    );
  });
});

test("a document that is cut off anywhere gives its whole records and one reason", () => {
  const records = [{ a: "}],{" }, { b: ['"', "\\"] }, { c: 1 }];
  const document = Buffer.from(JSON.stringify({ Records: records }));
  const ends = records.map((record) => document.indexOf(JSON.stringify(record)) + JSON.stringify(record).length);
  for (let size = 1; size < document.length; size++) {
    const whole = ends.filter((end) => end <= size).length;
    const { values, reasons } = split(document.subarray(0, size));
    expect(values).toEqual(records.slice(0, whole));
    expect(reasons).toEqual([expect.stringContaining(`cut off at byte ${size}`)]);
  }
});

describe("says why there is nothing", () => {
  const EMPTY = "empty: expected CloudTrail records as JSON";
  test.each([
    ["nothing", "", EMPTY],
    ["blanks", " \r\n\t ", EMPTY],
    ["a byte-order mark alone", "\ufeff", EMPTY],
    ["text", "hello\nworld", 'not JSON at byte 0: found "hello?world", expected "{" or "["'],
    ["a string", '"x"', 'not JSON at byte 0: found ""x"", expected "{" or "["'],
  ])("%s", (_, document, reason) => {
    expect(split(document)).toEqual({ values: [], reasons: [reason] });
    expect(split(document, [1])).toMatchObject({ values: [], reasons: [expect.stringMatching(/^(empty|not JSON at byte 0)/)] });
  });

  test("an empty list is no fault", () => {
    expect(split('{"Records":[]}')).toEqual({ values: [], reasons: [] });
    expect(split("[]")).toEqual({ values: [], reasons: [] });
  });
});

describe("JSON lines", () => {
  test("a broken line loses itself alone", () => {
    const { values, reasons } = split('{"a":1}\n{"b":{"c":2,\n{"d":3}\nnoise\n{"e":4}');
    expect(values).toEqual([{ a: 1 }, { d: 3 }, { e: 4 }]);
    expect(reasons).toEqual([
      "cut off at byte 20: the record that begins at byte 8 has no end",
      'not JSON at byte 29: found "noise", expected "{" or "["',
    ]);
  });

  test("a line may hold a whole log file, or several records", () => {
    expect(split('{"a":1}\n{"Records":[{"b":2},{"c":3}]}\n{"d":4}{"e":5}\n').values).toEqual([
      { a: 1 },
      { b: 2 },
      { c: 3 },
      { d: 4 },
      { e: 5 },
    ]);
    expect(split('{"Records":[{"b":2}]}\n{"Records":[{"c":3}]}\n').values).toEqual([{ b: 2 }, { c: 3 }]);
  });
});

test("both lists of one object are read", () => {
  expect(split('{"Events":[1],"x":[0],"Records":[2]}').values).toEqual([1, 2]);
});

test("a key that only ends in the name of a list is another key", () => {
  expect(split('{"a\\"Records":[1]}').values).toEqual([{ 'a"Records': [1] }]);
});

test("an element of more than 32 MB is not kept and not called a record", () => {
  const splitter = new Splitter();
  const pieces = [...splitter.push(Buffer.from('[{"a":"'))];
  const filler = Buffer.alloc(4 * 1024 * 1024, "x");
  for (let i = 0; i < 9; i++) pieces.push(...splitter.push(filler));
  pieces.push(...splitter.push(Buffer.from('"},{"b":1}]')), ...splitter.end());
  expect(pieces.map((piece) => ("bytes" in piece ? piece.bytes.toString() : "reason" in piece ? piece.reason : piece.skipped))).toEqual([
    "the element that ends at byte 37748745 is larger than 33554432 bytes: no record is",
    '{"b":1}',
  ]);
});

test("a root object is kept to its end though it is larger, put together of many chunks", () => {
  const splitter = new Splitter();
  const pieces = [...splitter.push(Buffer.from('{"x":\n1}{"format_version":"1.2","a":"'))];
  const fillers = Array.from({ length: 10 }, (_, i) => Buffer.alloc(4 * 1024 * 1024, String(i)));
  for (const filler of fillers) pieces.push(...splitter.push(filler));
  pieces.push(...splitter.push(Buffer.from('"}')), ...splitter.push(Buffer.from('{"b":1}')), ...splitter.end());
  const texts = pieces.map((piece) => ("bytes" in piece ? piece.bytes.toString() : JSON.stringify(piece)));
  expect(texts.map((text) => text.slice(0, 20))).toEqual(['{"x":\n1}', '{"format_version":"1', '{"b":1}']);
  expect(texts[1] === `{"format_version":"1.2","a":"${Buffer.concat(fillers)}"}`).toBe(true);
});

// -0 has no JSON.
function plain(values: readonly unknown[]): unknown[] {
  return JSON.parse(JSON.stringify(values));
}
