import { approve } from "../guard/answering/approve.ts";
import { resetBreaker } from "../guard/answering/reset-breaker.ts";
import type { Request, RespondPorts } from "../guard/answering/respond-ports.ts";
import { ousFrom } from "../guard/judging/decide.ts";
import { answerMessage, noteTo } from "./answers.ts";
import type { SlackMessage } from "./blocks.ts";
import { explanationOf, explanationOfGroup } from "./explanation.ts";
import { exceptionsList, statusList } from "./lists.ts";
import { SlackError } from "./slack-error.ts";

/**
 * Answers one request, its sender known: what changes something is told in the resource's thread, for all to see, and the rest to who
 * asked alone. Safe to repeat. Throws what is worth another try.
 */
export async function respond(request: Request, ports: RespondPorts): Promise<void> {
  if (request.ask === "reset-breaker") {
    const answer = await resetBreaker(request, ports);
    ports.meter.add("Answered", 1, { result: answer.result });
    ports.log.info("Answered", { ...answer });
    return answerAlone(request, answerMessage(answer), ports);
  }
  if (request.ask !== "undo" && request.ask !== "allow" && request.ask !== "snooze") {
    return answerAlone(request, await informed(request, ports), ports);
  }
  const { answer, decision } = await approve(request, ports);
  const message = answerMessage(answer, decision);
  ports.meter.add("Answered", 1, { result: answer.result });
  ports.log.info("Answered", { ...answer });
  // Whoever may not, hears it alone; what was done or could not be done, the channel must know.
  if (answer.result === "refused" || decision === undefined) return answerAlone(request, message, ports);
  await ports.tell(decision, message, `answer/${answer.id}`);
}

// Slack takes answers for half an hour: one that comes later is in the ledger, and holds up nobody behind it.
async function answerAlone({ answerTo, id }: Request, message: SlackMessage, { desk, log }: RespondPorts): Promise<void> {
  try {
    await desk.answer(answerTo, message);
  } catch (error) {
    if (!(error instanceof SlackError && error.permanent)) throw error;
    log.warn("Slack does not take an answer any more", { request: id, says: message.text, error });
  }
}

type Question = Exclude<Request, { ask: "undo" | "allow" | "snooze" | "reset-breaker" }>;

async function informed(request: Question, ports: RespondPorts): Promise<SlackMessage> {
  switch (request.ask) {
    case "explain": {
      const decision = await ports.decisions.read(request.decision);
      if (decision === undefined) return noteTo("This decision has left the ledger.");
      return explanationOf(decision, ports.policy, { buttons: true, ...(await unitsOf(decision.change.account, ports)) });
    }
    case "explain-resource":
      return explainedResource(request, ports);
    case "exceptions":
      return exceptionsList(await ports.grants.all(), ports.clock.now(), ports.policy.document.exceptions);
    case "status":
      return statusList({
        policy: ports.policy,
        grants: await ports.grants.all(),
        breakers: await ports.breakers.open(),
        now: ports.clock.now(),
      });
  }
}

type Explain = Extract<Request, { ask: "explain-resource" }>;

async function explainedResource({ resource, ...where }: Explain, ports: RespondPorts): Promise<SlackMessage> {
  const { account, region } = { ...ports.home, ...where };
  if (!resource.startsWith("sg-")) return noteTo(`${resource} is no security group: only those can be explained, by their id, sg-...`);
  // Loaded by those who ask.
  const { explainGroup } = await import("../guard/explaining/explain.ts");
  const explained = await explainGroup(resource, { account, region }, ports);
  switch (explained.kind) {
    case "gone":
      return noteTo(`${resource} does not exist in account ${account}, ${region}.`);
    case "unknown":
      return noteTo(`${resource} could not be read: ${explained.why}`);
    case "judged":
      return explanationOfGroup(explained.facts, { ...explained.judgement, ...explained }, ports.policy, {
        account,
        region,
        at: explained.at,
        ...(await unitsOf(account, ports)),
      });
  }
}

async function unitsOf(account: string, { directory }: RespondPorts): Promise<{ readonly ous?: readonly string[] }> {
  const ous = await ousFrom(directory)(account);
  return ous === undefined ? {} : { ous };
}
