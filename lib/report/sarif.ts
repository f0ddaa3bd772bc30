import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { Severity } from "../model/finding.ts";
import type { Location } from "../planned/plan.ts";
import type { Policy } from "../policy/policy.ts";
import { visible } from "../slack/text.ts";
import { isMomentary } from "./exposures.ts";
import { writeList } from "./json.ts";
import type { Report, Write } from "./report.ts";
import { descriptorsOf, levelOf } from "./sarif-rules.ts";
import { fullName, placeLabel, type Spot, spotLabel } from "./spot.ts";
import type { Tally, Unreadable } from "./tally.ts";
import { Collected, type Open, type Told } from "./told.ts";

export interface SarifOptions {
  readonly write: Write;
  readonly policy: Policy;
  /** What was read: where a finding stands whose file nobody knows. */
  readonly paths: readonly string[];
  /** Of Portcullis. */
  readonly version: string;
  /** The address below which the rules' pages are. */
  readonly rulePages?: string;
}

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const NOTIFICATIONS = [
  { id: "unreadable", shortDescription: { text: "Input that could not be read, so it was not judged." } },
  { id: "not-judged", shortDescription: { text: "A resource that a rule could not judge, and what it needs for that." } },
] as const;

/**
 * The review in the Static Analysis Results Interchange Format 2.1.0
 * (https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html), as GitHub code scanning reads
 * it: one result a finding, what is excepted suppressed, and a notification for what was not judged. No clock is in it.
 */
export function sarif({ write, ...options }: SarifOptions): Report {
  const collected = new Collected();
  return {
    decided: async (decision) => collected.note(decision),
    unreadable: async (found) => collected.noteUnreadable(found),
    end: (tally) => writeLog(write, collected, tally, options),
  };
}

type Options = Omit<SarifOptions, "write">;

async function writeLog(write: Write, collected: Collected, tally: Tally, options: Options): Promise<void> {
  const { findings, excepted, notJudged } = collected;
  const told = [...findings, ...excepted];
  const worst = new Map<string, Severity>();
  for (const { finding } of told) if (!worst.has(finding.rule)) worst.set(finding.rule, finding.severity);
  const rules = descriptorsOf(options.policy, { worst, others: notJudged.map(({ rule }) => rule), pages: options.rulePages });
  const index = new Map(rules.map(({ id }, i) => [id, i]));
  const driver = { name: "Portcullis", version: options.version, rules, notifications: NOTIFICATIONS };
  const notifications = [
    ...unreadableNotices(collected.unreadable, tally),
    ...notJudged.map((open) => notJudgedNotice(open, index, options)),
  ];
  const invocation = { executionSuccessful: tally.unreadable === 0, toolExecutionNotifications: notifications };
  const properties = { policyVersion: options.policy.version, changes: tally.changes };
  await write(
    `{\n  "$schema": ${JSON.stringify(SCHEMA)},\n  "version": "2.1.0",\n  "runs": [{\n  "tool": ${JSON.stringify({ driver })},\n`,
  );
  await write(`  "invocations": ${JSON.stringify([invocation])},\n  "columnKind": "utf16CodeUnits",\n`);
  await write(`  "properties": ${JSON.stringify(properties)},\n  "results": `);
  await writeList(
    told.map((one) => JSON.stringify(resultOf(one, index.get(one.finding.rule) ?? 0, options))),
    write,
  );
  await write("\n  }]\n}\n");
}

function resultOf(told: Told, ruleIndex: number, options: Options) {
  const { finding, spot, fingerprint, exception, times, exposure, first } = told;
  const { rule, severity, traffic, parts, introduced } = finding;
  const { change } = first;
  const recorded = spot.address === undefined;
  return {
    ruleId: rule,
    ruleIndex,
    level: levelOf(severity),
    message: { text: messageText(`${spotLabel(spot)}: ${finding.message}`) },
    locations: [locationOf(spot, options)],
    // GitHub compares the first by its name alone (https://docs.github.com/en/code-security/reference/code-scanning/sarif-support-for-code-scanning).
    partialFingerprints: { primaryLocationLineHash: fingerprint, "portcullis/v1": fingerprint },
    // Of all results of a run or of none (section 3.27.23).
    suppressions: exception === undefined ? [] : [suppressionOf(exception)],
    ...(exposure !== undefined && { occurrenceCount: times }),
    ...(recorded && { provenance: { firstDetectionTimeUtc: change.at } }),
    properties: {
      severity,
      traffic: String(traffic),
      ...(parts.length > 0 && { parts: parts.map(visible) }),
      introduced,
      outcome: first.outcome,
      ...(spot.account !== "" && { account: visible(spot.account) }),
      ...(spot.region !== "" && { region: visible(spot.region) }),
      resource: visible(spot.subject.id),
      ...(recorded && { call: visible(change.call.name), actor: visible(change.actor.arn) }),
      ...(recorded && exposure?.until !== undefined && !isMomentary(finding) && { closed: exposure.until }),
    },
  };
}

function suppressionOf(exception: string) {
  const id = visible(exception);
  return {
    kind: "external",
    status: "accepted",
    justification: messageText(`Exception ${id} of the policy`),
    properties: { exception: id },
  };
}

function locationOf(spot: Spot, { paths }: Options) {
  const { subject, location } = spot;
  return {
    physicalLocation: physicalLocation(location ?? { file: inputOf(paths) }),
    logicalLocations: [{ name: visible(subject.id), fullyQualifiedName: fullName(spot), kind: "resource" }],
  };
}

function physicalLocation({ file, line }: Location) {
  return { artifactLocation: artifact(file), ...(line !== undefined && { region: { startLine: line } }) };
}

function artifact(file: string) {
  if (isAbsolute(file)) return { uri: pathToFileURL(file.toWellFormed()).href };
  const uri = file
    .toWellFormed()
    .replace(/^(\.\/+)+/, "")
    .split("/")
    .map(encodeURIComponent)
    .join("/");
  return { uri: uri === "" ? "." : uri, uriBaseId: "%SRCROOT%" };
}

// Which of several files told of a change is not kept: the folder that holds them all is true of each.
function inputOf(paths: readonly string[]): string {
  const [first = "-", ...others] = paths;
  if (paths.includes("-")) return "stdin";
  if (others.length === 0) return first;
  const parts = first.split("/").slice(0, -1);
  const shared = parts.findIndex((part, i) => others.some((path) => path.split("/").slice(0, -1)[i] !== part));
  return (shared === -1 ? parts : parts.slice(0, shared)).join("/") || (first.startsWith("/") ? "/" : ".");
}

function unreadableNotices(unreadable: readonly Unreadable[], tally: Tally) {
  const more = tally.unreadable - unreadable.length;
  const notice = (text: string) => ({ descriptor: { id: "unreadable", index: 0 }, level: "error", message: { text: messageText(text) } });
  return [
    ...unreadable.map(({ source, index, reason }) => ({
      ...notice(`${visible(source)}, record ${index}: ${reason}`),
      locations: [{ physicalLocation: physicalLocation({ file: source === "-" ? "stdin" : source }) }],
    })),
    ...(more > 0 ? [notice(`${more} more could not be read`)] : []),
  ];
}

function notJudgedNotice({ spot, rule, needs }: Open, index: ReadonlyMap<string, number>, options: Options) {
  const place = placeLabel(spot);
  return {
    descriptor: { id: "not-judged", index: 1 },
    associatedRule: { id: rule, index: index.get(rule) ?? -1 },
    level: "warning",
    message: {
      text: messageText(`${spotLabel(spot)}${place === "" ? "" : ` in ${place}`}: ${rule} could not be judged: it needs ${needs}`),
    },
    locations: [locationOf(spot, options)],
  };
}

// What is foreign makes no link (section 3.11.6) and no placeholder (3.11.5) of a message.
function messageText(text: string): string {
  return visible(text)
    .replaceAll("](", "] (")
    .replace(/\{(?=\d+\})/g, "{ ");
}
