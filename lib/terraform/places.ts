import { type Configuration, fieldsOf, type Instance } from "./configuration.ts";
import type { PlanDocument } from "./document.ts";

type Fields = Readonly<Record<string, unknown>>;

/** An account and a region, as far as they are told. */
export interface ToldPlace {
  readonly account?: string;
  readonly region?: string;
}

const ARN = /^arn:[\w-]+:[\w-]+:([\w-]*):(\d{12}):/;

/** Where a plan is to be applied, and each of its resources: by its own region and arn, or by the provider that makes it. */
export function placesOf({ configuration: root, variables, resource_changes: changes }: PlanDocument, configuration: Configuration) {
  const providers = fieldsOf(fieldsOf(root).provider_config);
  const byProvider = new Map<string, ToldPlace>();
  const ofProvider = (key: string): ToldPlace => {
    const known = byProvider.get(key) ?? placeOfProvider(fieldsOf(providers[key]), variables ?? {});
    byProvider.set(key, known);
    return known;
  };
  // One account is told by any arn of the plan, where all of them name the same.
  const accounts = new Set(
    (changes ?? []).flatMap((change) => arnPlace(fieldsOf(fieldsOf(fieldsOf(change).change).before))?.account ?? []),
  );
  const [account] = accounts.size === 1 ? accounts : [];
  const own = ofProvider("aws");
  const ofPlan: ToldPlace = { ...(account !== undefined && { account }), ...own };
  return {
    ofPlan,
    of: (instance: Instance, values: Fields): ToldPlace => {
      const region = typeof values.region === "string" && values.region !== "" ? { region: values.region } : {};
      const key = configuration.providerOf(instance);
      const elsewhere = key === undefined || key === "aws" ? {} : ofProvider(key);
      return { ...ofPlan, ...elsewhere, ...arnPlace(values), ...region };
    },
  };
}

function placeOfProvider(provider: Fields, variables: Readonly<Record<string, { readonly value?: unknown }>>): ToldPlace {
  const { region, allowed_account_ids: allowed } = fieldsOf(provider.expressions);
  const { constant_value: constant, references } = fieldsOf(region);
  const [variable] = Array.isArray(references) ? references : [];
  const named = typeof variable === "string" && variable.startsWith("var.") ? variables[variable.slice("var.".length)]?.value : undefined;
  const text = constant ?? named;
  const { constant_value: accounts } = fieldsOf(allowed);
  const [account] = Array.isArray(accounts) && accounts.length === 1 ? accounts : [];
  return { ...(typeof text === "string" && { region: text }), ...(typeof account === "string" && { account }) };
}

function arnPlace({ arn, owner_id: owner }: Fields): ToldPlace | undefined {
  const [, region, account] = typeof arn === "string" ? (ARN.exec(arn) ?? []) : [];
  const told = account ?? (typeof owner === "string" && /^\d{12}$/.test(owner) ? owner : undefined);
  if (told === undefined) return undefined;
  return { account: told, ...(region !== undefined && region !== "" && { region }) };
}
