// JUnit's XML as Jenkins' xunit plugin (junit-10.xsd) and Maven Surefire (surefire-test-report.xsd) both take it, read by a parser
// that accepts no faulty XML: Python's, which is expat.
import { spawnSync } from "node:child_process";
import * as z from "zod/mini";

const READ = `
import json, sys
from xml.etree import ElementTree
def tree(e):
    return {"name": e.tag, "attributes": e.attrib, "text": e.text or "", "children": [tree(c) for c in e]}
print(json.dumps([tree(ElementTree.fromstring(text)) for text in json.load(sys.stdin)]))
`;

const count = z.string().check(z.regex(/^\d+$/));
const Time = z.literal("0");
const empty = z.tuple([]);
const Result = z.strictObject({
  name: z.enum(["failure", "error", "skipped"]),
  attributes: z.strictObject({ type: z.string(), message: z.string() }),
  text: z.string(),
  children: empty,
});
const Out = z.strictObject({ name: z.literal("system-out"), attributes: z.strictObject({}), text: z.string(), children: empty });
const Case = z.strictObject({
  name: z.literal("testcase"),
  attributes: z.strictObject({ name: z.string().check(z.minLength(1)), classname: z.string(), time: Time }),
  text: z.literal(""),
  children: z.union([z.tuple([]), z.tuple([Out]), z.tuple([Result]), z.tuple([Result, Out])]),
});
const Property = z.strictObject({
  name: z.literal("property"),
  attributes: z.strictObject({ name: z.string(), value: z.string() }),
  text: z.literal(""),
  children: empty,
});
const Properties = z.strictObject({
  name: z.literal("properties"),
  attributes: z.strictObject({}),
  text: z.string(),
  children: z.array(Property),
});
const Suite = z.strictObject({
  name: z.literal("testsuite"),
  attributes: z.strictObject({ name: z.string(), tests: count, failures: count, errors: count, skipped: count, time: Time }),
  text: z.string(),
  children: z.tuple([Properties], Case),
});
const Suites = z.strictObject({
  name: z.literal("testsuites"),
  attributes: z.strictObject({ name: z.string(), tests: count, failures: count, errors: count, time: Time }),
  text: z.string(),
  children: z.array(Suite),
});
export type JunitSuites = z.infer<typeof Suites>;

/** Reads reports. Throws for what is no XML, or not of that form. */
export function readJunit(...texts: readonly string[]): readonly JunitSuites[] {
  const { status, stdout, stderr } = spawnSync("python3", ["-c", READ], {
    input: JSON.stringify(texts),
    encoding: "utf8",
    maxBuffer: 100_000_000,
  });
  if (status !== 0) throw new Error(stderr);
  return z.array(Suites).parse(JSON.parse(stdout));
}

/** The cases of all suites with their suite's name. */
export function casesIn({ children }: JunitSuites) {
  return children.flatMap(({ attributes, children: [, ...cases] }) =>
    cases.map((one) => ({
      suite: attributes.name,
      name: one.attributes.name,
      result: one.children.find(({ name }) => name !== "system-out")?.name ?? "passed",
      text: one.children.map(({ text }) => text).join("\n"),
      message: one.children.flatMap((child) => ("message" in child.attributes ? [child.attributes.message] : [])).join("\n"),
    })),
  );
}
