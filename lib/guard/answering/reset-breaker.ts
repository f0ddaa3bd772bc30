import { refusalOf } from "./approvers.ts";
import type { Answer, Request, RespondPorts } from "./respond-ports.ts";

type Reset = Extract<Request, { ask: "reset-breaker" }>;

/** Closes the breaker of an account for an approver, and records that. Safe to repeat. Throws what is worth another try. */
export async function resetBreaker(request: Reset, ports: RespondPorts): Promise<Answer> {
  const earlier = await ports.answers.answered(request.id);
  if (earlier !== undefined) return earlier;
  const { id, user, ask } = request;
  const answer: Answer = { id, at: new Date(ports.clock.now()).toISOString(), user, ask, ...(await verdictOn(request, ports)) };
  await ports.answers.record(answer);
  return answer;
}

async function verdictOn({ user, account }: Reset, ports: RespondPorts): Promise<Pick<Answer, "result" | "says">> {
  const refusal = await refusalOf(user, ports);
  if (refusal !== undefined) return { result: "refused", says: refusal };
  if (!(await ports.breakers.reset(account))) return { result: "moot", says: `the breaker of account ${account} is not open` };
  return {
    result: "done",
    says: `the breaker of account ${account} is closed: Portcullis acts there again, and the next sweep closes what was held back`,
  };
}
