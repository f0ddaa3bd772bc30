import * as z from "zod/mini";

const Texts = () => z.union([z.string(), z.array(z.string())]);
const Value = () => z.union([z.string(), z.number(), z.boolean()]);
const isOneOf = (a: unknown, b: unknown) => (a === undefined) !== (b === undefined);

// IAM's grammar as far as it tells what is allowed to whom; names of elements and effects are told apart by case, as IAM does.
const Statement = () =>
  z
    .object({
      Effect: z.enum(["Allow", "Deny"]),
      Principal: z.optional(z.union([z.literal("*"), z.record(z.string(), Texts())])),
      NotPrincipal: z.optional(z.unknown()),
      Action: z.optional(Texts()),
      NotAction: z.optional(Texts()),
      Resource: z.optional(Texts()),
      NotResource: z.optional(Texts()),
      Condition: z.optional(z.record(z.string(), z.record(z.string(), z.union([Value(), z.array(Value())])))),
    })
    .check(
      z.refine(
        (one) => isOneOf(one.Principal, one.NotPrincipal) && isOneOf(one.Action, one.NotAction) && isOneOf(one.Resource, one.NotResource),
      ),
    );
type Statement = z.infer<ReturnType<typeof Statement>>;
const Policy = () => z.object({ Statement: z.union([Statement(), z.array(Statement())]) });

/** What a policy lets everybody do, in words; undefined when it restricts them in some way. */
interface PolicyReading {
  readonly open: string | undefined;
}

/** Reads an endpoint policy; undefined for text that is none. A condition is taken for a restriction, whatever it says. */
export function readPolicy(text: string): PolicyReading | undefined {
  const parsed = Policy().safeParse(jsonOf(text));
  if (!parsed.success) return undefined;
  const statements = [parsed.data.Statement].flat();
  if (statements.some(restrictsEverybody)) return { open: undefined };
  return { open: statements.map(openness).find((words) => words !== undefined) };
}

function openness(statement: Statement): string | undefined {
  if (statement.Effect === "Deny" || hasCondition(statement)) return undefined;
  const who = whoOf(statement);
  const what = reach(statement.Action, statement.NotAction, isEveryAction);
  const on = reach(statement.Resource, statement.NotResource, isEveryResource);
  if (who === undefined || what === undefined || on === undefined) return undefined;
  return `${who} do everything${what}${on === "" ? "" : ` on everything${on}`}`;
}

// Denying everybody everything, but under a condition or but for what it names, leaves just that.
function restrictsEverybody(statement: Statement): boolean {
  if (statement.Effect === "Allow" || whoOf(statement) === undefined) return false;
  const what = reach(statement.Action, statement.NotAction, isEveryAction);
  return what !== undefined && reach(statement.Resource, statement.NotResource, isEveryResource) !== undefined;
}

function hasCondition({ Condition = {} }: Statement): boolean {
  return Object.values(Condition).some((keys) => Object.keys(keys).length > 0);
}

function whoOf({ Principal, NotPrincipal }: Statement): string | undefined {
  if (NotPrincipal !== undefined) return "everybody but whom NotPrincipal names";
  if (Principal === "*") return "everybody";
  const isEverybody = Object.entries(Principal ?? {}).some(([kind, names]) => ["AWS", "*"].includes(kind) && [names].flat().includes("*"));
  return isEverybody ? "everybody" : undefined;
}

/** Nothing or `but ...` where an element reaches everything; undefined where it names what it reaches. */
function reach(named: Statement["Action"], others: Statement["NotAction"], isEvery: (text: string) => boolean): string | undefined {
  const hasEvery = (texts: Statement["Action"]) => [texts ?? []].flat().some(isEvery);
  if (others === undefined) return hasEvery(named) ? "" : undefined;
  return hasEvery(others) ? undefined : ` but ${[others].flat().join(", ") || "nothing"}`;
}

// `*`, and `s3:*`: an endpoint leads to one service, so all actions of a service are all that there are.
function isEveryAction(text: string): boolean {
  return isWild(text.slice(text.indexOf(":") + 1));
}

// `*`, and what a service has in every account: `arn:aws:s3:::*`, `arn:aws:s3:::*/*`, `arn:aws:sqs:eu-west-1:*:*`, `arn:aws:s3:*`.
function isEveryResource(text: string): boolean {
  const parts = text.split(":");
  if (parts[0] !== "arn") return isWild(text);
  const account = parts[4] ?? "";
  return (account === "" || isWild(account)) && isWild(parts.slice(Math.min(5, parts.length - 1)).join(":"));
}

// `**` and `*?` match whatever `*` does, or nearly.
function isWild(text: string): boolean {
  return text.includes("*") && /^[*?/:]+$/.test(text);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
