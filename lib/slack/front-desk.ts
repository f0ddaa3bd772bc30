import type { Desk, Request } from "../guard/answering/respond-ports.ts";
import type { Meter } from "../guard/meter.ts";
import type { DecisionReader, Log } from "../guard/notify-ports.ts";
import type { Clock } from "../guard/ports.ts";
import type { Policy } from "../policy/policy.ts";
import { longestGrant } from "../policy/slack.ts";
import { noteTo } from "./answers.ts";
import { allowDialog } from "./dialogs.ts";
import { readRequest } from "./requests.ts";
import { isSigned } from "./signature.ts";

/** What the front desk needs: it checks who asks, opens dialogs, and hands everything else on. */
export interface FrontDeskPorts {
  readonly policy: Policy;
  readonly decisions: DecisionReader;
  readonly desk: Pick<Desk, "openView" | "answer">;
  /** The secret by which Slack signs; asked for with every request so that a rotated one is taken up. */
  readonly signingSecret: () => Promise<string>;
  /** Hands a request to those who answer it, one after the other within a group. */
  readonly handOn: (request: Request, group: string) => Promise<void>;
  readonly clock: Pick<Clock, "now">;
  readonly meter: Meter;
  readonly log: Log;
}

/** A request as a Lambda function URL hands it over; names of headers in lower case. */
export interface HttpRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Takes a request of Slack's, which wants its answer within three seconds: a dialog is opened at once, everything else is put into a
 * queue and answered from there. What Slack did not sign is refused with 401 and not read.
 */
export async function receiveFromSlack({ body, headers }: HttpRequest, ports: FrontDeskPorts): Promise<HttpAnswer> {
  const now = ports.clock.now();
  const signed = { body, timestamp: headers["x-slack-request-timestamp"], signature: headers["x-slack-signature"] };
  if (!isSigned(signed, await ports.signingSecret(), now)) {
    ports.meter.add("RequestsRefused", 1);
    ports.log.warn("Refused a request without a valid signature of Slack's", { bytes: body.length });
    return answer(401, "");
  }
  const read = readRequest(body, now);
  switch (read.kind) {
    case "refused":
      return privately(read.says);
    case "errors":
      return json({ response_action: "errors", errors: read.errors });
    case "dialog":
      return openDialog(read, ports, now);
    case "request":
      // What is asked about one decision is answered in order, so that two who press at once do not meet half way.
      await ports.handOn(read.request, "decision" in read.request ? read.request.decision : read.request.user);
      return read.request.ask === "explain-resource" ? privately("Looking at it…") : answer(200, "");
  }
}

type DialogRequest = Extract<ReturnType<typeof readRequest>, { kind: "dialog" }>;

async function openDialog({ trigger, decision: id, answerTo }: DialogRequest, ports: FrontDeskPorts, now: number): Promise<HttpAnswer> {
  const decision = await ports.decisions.read(id);
  if (decision === undefined) {
    await ports.desk.answer(answerTo, noteTo("This decision has left the ledger, so nothing can be done about it any more."));
    return answer(200, "");
  }
  const longest = longestGrant(
    ports.policy,
    decision.findings.map(({ severity }) => severity),
  );
  await ports.desk.openView(trigger, allowDialog(decision, { longest, now, answerTo }));
  return answer(200, "");
}

function privately(says: string): HttpAnswer {
  return json({ response_type: "ephemeral", ...noteTo(says) });
}

function json(value: object): HttpAnswer {
  return { statusCode: 200, headers: { "content-type": "application/json; charset=utf-8" }, body: JSON.stringify(value) };
}

function answer(statusCode: number, body: string): HttpAnswer {
  return { statusCode, headers: { "content-type": "text/plain; charset=utf-8" }, body };
}
