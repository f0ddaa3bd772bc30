// npm run new-rule <id>: scaffolds a rule that works, its table of cases, and its line in the registry.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const REGISTRY = "lib/rules/index.ts";
const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)+$/;
const LIST = /(export const RULES: readonly AnyRule\[\] = )\[([^\]]*)\];/;
const LINE_WIDTH = 140;

/** Thrown for a rule that cannot be made; the message says what was found and what is expected. */
export class NewRuleError extends Error {
  override readonly name = "NewRuleError";
}

/**
 * Writes the files of a new rule into the checkout at `root` and registers it, last in the catalogue. Resolves to the files'
 * paths within it. Throws NewRuleError, before anything is written, for an id that is none or is taken.
 */
export function scaffoldRule(root: string, id: string): readonly string[] {
  if (!ID.test(id))
    throw new NewRuleError(`"${id}" is no id of a rule: expected kebab-case of two words or more, such as no-public-ingress`);
  const files: Readonly<Record<string, string>> = { [`lib/rules/${id}.ts`]: ruleText(id), [`test/rules/${id}.test.ts`]: tableText(id) };
  for (const file of Object.keys(files)) {
    if (existsSync(join(root, file))) throw new NewRuleError(`${file} exists: expected the id of a rule that is new`);
  }
  const registry = register(readFileSync(join(root, REGISTRY), "utf8"), id);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text, { flag: "wx" });
  }
  writeFileSync(join(root, REGISTRY), registry);
  return [...Object.keys(files), REGISTRY];
}

/** The registry with one rule more, formatted as Biome does. Throws NewRuleError where it cannot tell how. */
function register(text: string, id: string): string {
  const name = exportOf(id);
  const [, declaration, listed] = LIST.exec(text) ?? [];
  const imports = text.match(/^import .*;$/gm);
  if (declaration === undefined || listed === undefined || imports === null) {
    throw new NewRuleError(
      `${REGISTRY} holds no list of rules that can be read: expected "export const RULES: readonly AnyRule[] = [...];"`,
    );
  }
  const names = [...listed.split(",").flatMap((item) => item.trim() || []), name];
  const short = `${declaration}[${names.join(", ")}];`;
  const list = short.length <= LINE_WIDTH ? short : `${declaration}[\n${names.map((rule) => `  ${rule},\n`).join("")}];`;
  const sorted = [...imports, `import { ${name} } from "./${id}.ts";`].sort((a, b) => (moduleOf(a) < moduleOf(b) ? -1 : 1));
  return text.replace(LIST, () => list).replace(imports.join("\n"), () => sorted.join("\n"));
}

function moduleOf(line: string): string {
  return /from "(.*)\.ts"/.exec(line)?.[1] ?? line;
}

function exportOf(id: string): string {
  return id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function ruleText(id: string): string {
  return `import * as z from "zod/mini";
import { TrafficSet } from "../model/traffic.ts";
import { defineRule } from "./rule.ts";

// TODO: what the rule forbids; as options, where the policy is to have a say.
const FORBIDDEN = TrafficSet.parse("tcp 9 from 0.0.0.0/0, ::/0");

export const ${exportOf(id)} = defineRule({
  meta: {
    id: "${id}",
    title: "TODO: what is true when the rule is content",
    resource: "security-group",
    severity: "medium",
    finds: "TODO: what it finds, exactly, and what it leaves alone.",
    rationale: "TODO: why that matters, for the person whose rule was found.",
    source: "https://docs.aws.amazon.com/TODO.html",
    avoid: "TODO: a command or a line of configuration that brings it about",
    prefer: "TODO: what to write instead",
    remedies: [],
    remedy: "none",
    enabled: false,
  },
  options: () => z.strictObject({}),

  prepare: () => undefined,

  check: async (group, world) => {
    const admitted = await group.admits(world);
    const traffic = admitted.traffic().intersection(FORBIDDEN);
    if (traffic.isEmpty()) return [];
    return [{ traffic, rules: admitted.rulesAdmitting(traffic), message: \`\${traffic} is TODO\` }];
  },
});
`;
}

function tableText(id: string): string {
  return `import { ${exportOf(id)} } from "../../lib/rules/${id}.ts";
import { testRule } from "../support/rule-tester.ts";

// TODO: the rule's own cases in place of these; every table keeps at least one of each kind.
testRule(${exportOf(id)}, {
  valid: {
    "no rules at all": [],
    "boundary: the ports beside it": ["tcp 8 from 0.0.0.0/0", "tcp 10 from 0.0.0.0/0"],
    "a lawful look-alike: udp on the same number": "udp 9 from 0.0.0.0/0",
  },
  invalid: {
    "boundary: the port itself": ["tcp 9 from 0.0.0.0/0", { traffic: "tcp 9 from 0.0.0.0/0", rules: ["tcp 9 from 0.0.0.0/0"] }],
    IPv6: ["tcp 9 from ::/0", "tcp 9 from ::/0"],
    "protocol -1": ["-1 from 0.0.0.0/0", "tcp 9 from 0.0.0.0/0"],
    "an evasion: the internet in halves": [["tcp 9 from 0.0.0.0/1", "tcp 9 from 128.0.0.0/1"], "tcp 9 from 0.0.0.0/0"],
  },
});
`;
}

const NEXT = `
Now: fill in every TODO; put the rule into its place in the catalogue (${REGISTRY}); turn it on in examples/strict.yml;
npm run generate; add a line to CHANGELOG.md. While you work: npm run jest -- test/rules
`;

function main([id, ...more]: readonly string[]): number {
  if (id === undefined || more.length > 0) {
    process.stderr.write("expected one id: npm run new-rule no-open-printers\n");
    return 2;
  }
  try {
    for (const file of scaffoldRule(join(import.meta.dirname, ".."), id)) process.stdout.write(`wrote ${file}\n`);
    process.stdout.write(NEXT);
    return 0;
  } catch (error) {
    if (!(error instanceof NewRuleError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = main(process.argv.slice(2));
}
