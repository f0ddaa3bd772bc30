import { messageOf } from "../messages/message-of.ts";
import type { Plan } from "../planned/plan.ts";
import { plansOfAssembly } from "./assembly.ts";
import { isChangeSet, namesChangedBy, planOfChangeSet, type TextFile } from "./change-set.ts";
import { planOf } from "./plan.ts";
import { Source } from "./source.ts";
import { type Deployment, Stack } from "./stack.ts";
import { readTemplate, type Template } from "./template.ts";
import { TemplateError } from "./template-error.ts";
import { isValues, type Value } from "./value.ts";

/** CloudFormation's files among the input. */
export interface Given {
  /** Templates and change sets. */
  readonly files: readonly TextFile[];
  /** Folders that CDK wrote. */
  readonly assemblies: readonly string[];
}

/** A plan and the file or folder that it is from, or why there is none. */
export type Found = { readonly source: string; readonly plan: Plan } | { readonly source: string; readonly reason: string };

interface Read {
  readonly text: TextFile;
  readonly template: Template;
}

/**
 * The plans that these files are. A change set takes the template that has all resources that it adds or modifies, which is then no
 * plan of its own: it would make anew what stands.
 */
export async function plansIn({ files, assemblies }: Given, deployment: Deployment): Promise<Found[]> {
  const found: Found[] = [];
  const changeSets: TextFile[] = [];
  const templates: Read[] = [];
  for (const text of files) {
    const read = attempt(text.file, () =>
      isChangeSet(new Source(text.text, text.file).value) ? undefined : readTemplate(text.text, text.file),
    );
    if (read === undefined) changeSets.push(text);
    else if ("reason" in read) found.push(read);
    else templates.push({ text, template: read });
  }
  const taken = new Set<Read>();
  for (const changeSet of changeSets) {
    const plan = attempt(changeSet.file, () => {
      const changed = namesChangedBy(changeSet);
      const of = templates.find(({ template }) => changed.length > 0 && changed.every((name) => Object.hasOwn(template.resources, name)));
      if (of !== undefined) taken.add(of);
      return planOfChangeSet(changeSet, of?.text, deployment);
    });
    found.push("reason" in plan ? plan : { source: changeSet.file, plan });
  }
  for (const read of templates.filter((one) => !taken.has(one))) {
    const plan = attempt(read.text.file, () => planOf([{ stack: new Stack(read.template, deployment) }]));
    found.push("reason" in plan ? plan : { source: read.text.file, plan });
  }
  for (const folder of assemblies) {
    try {
      for (const plan of await plansOfAssembly(folder, deployment)) found.push({ source: folder, plan });
    } catch (error) {
      found.push(whyNot(error, folder));
    }
  }
  return found;
}

/** Whether JSON is a template or a change set, by what is in it: other documents have resources too. */
export function isForCloudFormation(value: Value): boolean {
  if (!isValues(value)) return false;
  if (isChangeSet(value) || typeof value.AWSTemplateFormatVersion === "string" || "TemplateBody" in value) return true;
  const { Resources: resources } = value;
  return (
    isValues(resources) && Object.values(resources).some((one) => isValues(one) && typeof one.Type === "string" && one.Type.includes("::"))
  );
}

function attempt<A>(source: string, read: () => A): A | { readonly source: string; readonly reason: string } {
  try {
    return read();
  } catch (error) {
    return whyNot(error, source);
  }
}

function whyNot(error: unknown, source: string): { readonly source: string; readonly reason: string } {
  if (!(error instanceof TemplateError)) throw error;
  return {
    source,
    reason: error.file === source ? `${error.line === undefined ? "" : `line ${error.line}: `}${error.fault}` : messageOf(error),
  };
}
