/** A step of an address or reference: a name, or the key of an instance. */
export type Step = { readonly name: string } | { readonly key: string | number };

const STEP = /\[(?:"((?:[^"\\]|\\.)*)"|(\d+)|[^\]]*)\]|([^.[\]]+)/g;

/** The steps of an address or a reference, `module.a["k.l"].aws_vpc.this[0].id`. Keys that are expressions are left out. */
export function stepsOf(text: string): Step[] {
  const steps: Step[] = [];
  for (const [, quoted, number, name] of text.matchAll(STEP)) {
    if (name !== undefined) steps.push({ name });
    else if (quoted !== undefined) steps.push({ key: unquote(quoted) });
    else if (number !== undefined) steps.push({ key: Number(number) });
  }
  return steps;
}

/** A module that is called, and with which key where it is called for several. */
export interface ModuleStep {
  readonly name: string;
  readonly key?: string | number;
}

/** The modules of an address of a module, from the root down: `module.a["k"].module.b`. */
export function modulesOf(address: string): ModuleStep[] {
  const modules: ModuleStep[] = [];
  const steps = stepsOf(address);
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at];
    const next = steps[at + 1];
    if (step === undefined || !("name" in step) || step.name !== "module" || next === undefined || !("name" in next)) continue;
    const after = steps[at + 2];
    const key = after !== undefined && "key" in after ? after.key : undefined;
    modules.push({ name: next.name, ...(key !== undefined && { key }) });
    at += key === undefined ? 1 : 2;
  }
  return modules;
}

/** The address of these modules. */
export function moduleAddress(modules: readonly ModuleStep[]): string {
  return modules.map(({ name, key }) => `module.${name}${keyText(key)}`).join(".");
}

function keyText(key: string | number | undefined): string {
  if (key === undefined) return "";
  return typeof key === "number" ? `[${key}]` : `[${JSON.stringify(key)}]`;
}

function unquote(text: string): string {
  try {
    const parsed: unknown = JSON.parse(`"${text}"`);
    return typeof parsed === "string" ? parsed : text;
  } catch {
    return text;
  }
}
