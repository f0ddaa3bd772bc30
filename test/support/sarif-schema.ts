// What Portcullis writes of SARIF 2.1.0, section by section of
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html, each object closed, so that a
// misspelt property is found; with what GitHub demands beyond it
// (https://docs.github.com/en/code-security/reference/code-scanning/sarif-support-for-code-scanning).
import * as z from "zod/mini";

const text = z.string().check(z.minLength(1));
// 3.10.1: URIs are valid references (RFC 3986).
const uri = text.check(
  z.refine((value) => URL.canParse(value, "file:///root/") && /^(?:[\w.~:/?#@!$&'()*+,;=-]|%[0-9A-F]{2})+$/i.test(value)),
);
const index = z.int().check(z.nonnegative());
const Bag = z.record(z.string(), z.unknown());

// 3.11 message, of which only plain text is used; 3.11.5 and 3.11.6: what is foreign is no placeholder and no link.
const Message = z.strictObject({ text: text.check(z.refine((value) => !/\{\d+\}|\]\(/.test(value))) });
// 3.12 multiformatMessageString: markdown needs text beside it.
const MultiformatMessage = z.strictObject({ text: text.check(z.maxLength(1_024)), markdown: z.exactOptional(text) });
const Help = z.strictObject({ text, markdown: text });

// 3.4 artifactLocation, 3.29 physicalLocation, 3.30 region, 3.33 logicalLocation, 3.28 location.
const PhysicalLocation = z.strictObject({
  artifactLocation: z.strictObject({ uri, uriBaseId: z.exactOptional(z.literal("%SRCROOT%")) }),
  region: z.exactOptional(z.strictObject({ startLine: z.int().check(z.positive()) })),
});
const LogicalLocation = z.strictObject({ name: z.string(), fullyQualifiedName: z.string(), kind: z.literal("resource") });
const Location = z.strictObject({
  physicalLocation: PhysicalLocation,
  logicalLocations: z.exactOptional(z.array(LogicalLocation).check(z.minLength(1))),
});

// 3.49 reportingDescriptor, 3.50 reportingConfiguration.
const Level = z.enum(["error", "warning", "note"]);
const Rule = z.strictObject({
  id: text,
  name: z.exactOptional(text.check(z.regex(/^[A-Z][A-Za-z0-9]*$/), z.maxLength(255))),
  shortDescription: z.exactOptional(MultiformatMessage),
  fullDescription: z.exactOptional(MultiformatMessage),
  helpUri: z.exactOptional(uri),
  help: z.exactOptional(Help),
  defaultConfiguration: z.exactOptional(z.strictObject({ level: Level })),
  properties: z.exactOptional(
    z.strictObject({
      "security-severity": z.exactOptional(z.string().check(z.regex(/^\d\.\d$/))),
      precision: z.literal("very-high"),
      tags: z.array(text).check(z.maxLength(20)),
    }),
  ),
});
// 3.19 toolComponent, 3.18 tool.
const Driver = z.strictObject({
  name: z.literal("Portcullis"),
  version: text,
  rules: z.array(Rule),
  notifications: z.array(z.strictObject({ id: text, shortDescription: MultiformatMessage })),
});

// 3.52 reportingDescriptorReference, 3.58 notification, 3.20 invocation.
const Reference = z.strictObject({ id: text, index });
const Notification = z.strictObject({
  descriptor: Reference,
  associatedRule: z.exactOptional(Reference),
  level: Level,
  message: Message,
  locations: z.exactOptional(z.array(Location)),
});
const Invocation = z.strictObject({ executionSuccessful: z.boolean(), toolExecutionNotifications: z.array(Notification) });

// 3.35 suppression, 3.48 resultProvenance, 3.27 result.
const Suppression = z.strictObject({
  kind: z.literal("external"),
  status: z.literal("accepted"),
  justification: text,
  properties: z.strictObject({ exception: z.string() }),
});
const Result = z.strictObject({
  ruleId: text,
  ruleIndex: index,
  level: Level,
  message: Message,
  locations: z.array(Location).check(z.length(1)),
  partialFingerprints: z.strictObject({ primaryLocationLineHash: z.hex(), "portcullis/v1": z.hex() }),
  suppressions: z.array(Suppression),
  occurrenceCount: z.exactOptional(z.int().check(z.positive())),
  provenance: z.exactOptional(z.strictObject({ firstDetectionTimeUtc: z.iso.datetime() })),
  properties: Bag,
});

const Run = z
  .strictObject({
    tool: z.strictObject({ driver: Driver }),
    automationDetails: z.optional(z.strictObject({ id: z.string() })),
    invocations: z.array(Invocation).check(z.length(1)),
    columnKind: z.literal("utf16CodeUnits"),
    properties: Bag,
    results: z.array(Result),
  })
  .check(
    // 3.27.6: the index leads to the rule of that id; references (3.52) likewise.
    z.refine(({ tool, results }) => results.every(({ ruleId, ruleIndex }) => tool.driver.rules[ruleIndex]?.id === ruleId)),
    z.refine(({ tool: { driver }, invocations }) =>
      invocations
        .flatMap(({ toolExecutionNotifications }) => toolExecutionNotifications)
        .every(
          ({ descriptor, associatedRule }) =>
            driver.notifications[descriptor.index]?.id === descriptor.id &&
            (associatedRule === undefined || driver.rules[associatedRule.index]?.id === associatedRule.id),
        ),
    ),
    // 3.19.23: no rule is there twice.
    z.refine(({ tool }) => new Set(tool.driver.rules.map(({ id }) => id)).size === tool.driver.rules.length),
  );

/** A SARIF log, 3.13. */
export const SarifLog = z.strictObject({
  $schema: z.literal("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"),
  version: z.literal("2.1.0"),
  runs: z.tuple([Run]),
});
