import type { EC2Client } from "@aws-sdk/client-ec2";
import { Ec2Error } from "../../guard/ports.ts";
import type { Kind } from "../../model/facts.ts";
import type { NetworkRemedy } from "../../model/remedy.ts";
import { asEc2Error, isPermitted } from "./ec2-errors.ts";
import type { Reader } from "./reader.ts";

export type Readers = { readonly [K in Kind]: Reader<K> };

/** What remedies are carried out with. */
export interface Tools {
  readonly client: EC2Client;
  readonly readers: Readers;
}

/** A remedy of these kinds. */
export type RemedyOf<K extends NetworkRemedy["kind"]> = NetworkRemedy & { readonly kind: K };

/** With DryRun, EC2 says whether it would permit a call, and does nothing. */
export interface DryRun {
  readonly DryRun?: true;
}

/**
 * How remedies of one sort are carried out. EC2 knows many things by their place only - a route by its destination - so what
 * stands there is compared first: a late or repeated act must not undo what somebody has put in that place since.
 */
export interface Practice<Remedy extends NetworkRemedy> {
  /** What is left of the remedy to do, by what stands now; undefined when nothing is. */
  remaining(remedy: Remedy, tools: Tools): Promise<Remedy | undefined>;
  /** Makes the calls; resolves to the remedy as it took effect. With DryRun it only asks. */
  make(remedy: Remedy, dry: DryRun, tools: Tools): Promise<Remedy>;
  /** EC2's codes for: what the remedy is about is gone. */
  readonly gone: RegExp;
}

/** A remedy with the way to carry it out. */
export interface Plan {
  carryOut(): Promise<NetworkRemedy | undefined>;
  mayCarryOut(): Promise<void>;
}

export function planOf<Remedy extends NetworkRemedy>(practice: Practice<Remedy>, remedy: Remedy, tools: Tools): Plan {
  const isGone = (error: unknown): error is Ec2Error => error instanceof Ec2Error && practice.gone.test(error.code);
  return {
    carryOut: async () => {
      const left = await practice.remaining(remedy, tools);
      if (left === undefined) return undefined;
      try {
        return await practice.make(left, {}, tools);
      } catch (error) {
        if (isUnanswered(error) && (isGone(error) || (await practice.remaining(left, tools)) === undefined)) throw takenEffect(error);
        if (isGone(error)) return undefined;
        throw error;
      }
    },
    mayCarryOut: async () => {
      try {
        await practice.make(remedy, { DryRun: true }, tools);
      } catch (error) {
        // EC2 checks permissions before existence.
        if (isGone(error)) throw new Ec2Error("rule-not-found", error.code, error.message, { cause: error });
        throw error;
      }
    },
  };
}

/** Whether EC2 refuses a call that was made before and not answered: then it refuses perhaps because the call took effect. */
export function isUnanswered(error: unknown): error is Ec2Error {
  return error instanceof Ec2Error && error.mayHaveTakenEffect && error.refusal !== "throttled";
}

function takenEffect(error: Ec2Error): Ec2Error {
  return new Ec2Error("rule-not-found", error.code, error.message, { mayHaveTakenEffect: true, cause: error });
}

/** Makes a call; undefined where EC2 was only asked. What it throws is an Ec2Error. */
export async function call<Answer extends object>(dry: DryRun, ask: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    const answer = await ask();
    if (isFalse(answer, "Return") || isFalse(answer, "ReturnValue")) {
      throw new Ec2Error("other", "ReturnFalse", "EC2 answered Return=false and named no reason");
    }
    return answer;
  } catch (error) {
    if (dry.DryRun === true && isPermitted(error)) return undefined;
    throw asEc2Error(error);
  }
}

function isFalse(answer: object, name: string): boolean {
  return Reflect.get(answer, name) === false;
}
