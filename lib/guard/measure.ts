import type { Decision } from "../model/decision.ts";
import type { Meter } from "./meter.ts";
import type { Ledger } from "./ports.ts";

/**
 * A ledger whose decisions are measured when it takes them: once each, however often their event comes. What an invocation decided that
 * died before the ledger answered is not measured.
 */
export function measured(ledger: Ledger, meter: Meter): Ledger {
  return {
    begin: (id, change, policyVersion) => ledger.begin(id, change, policyVersion),
    look: (id) => ledger.look(id),
    intend: (id, intent) => ledger.intend(id, intent),
    intended: (id) => ledger.intended(id),
    reach: (change, reached) => ledger.reach(change, reached),
    reached: (change) => ledger.reached(change),
    decide: async (decision, by) => {
      const entry = await ledger.decide(decision, by);
      if (entry.decision === decision) measure(decision, meter);
      return entry;
    },
    amend: (decision, revision) => ledger.amend(decision, revision),
    published: (id, revision) => ledger.published(id, revision),
  };
}

/**
 * Measures one decision. The fire drill is closed in the same way as everything, so its times count; that it was decided on does not:
 * the drill must not look like life in an organization from which no event comes any more.
 */
export function measure(decision: Decision, meter: Meter): void {
  const { outcome, held, contest, drill, latency } = decision;
  if (drill !== true) {
    meter.add("Decisions", 1, { outcome });
    if (held !== undefined) meter.add("Held", 1);
    if (contest !== undefined) meter.add("Contested", 1);
  }
  if (latency.toClosed === undefined || !closedWhatItsCallOpened(decision)) return;
  // Clocks differ a little, and CloudTrail's counts whole seconds.
  const heard = Math.max(0, latency.eventAge);
  meter.add("TimeToClose", heard + latency.toClosed);
  meter.add("TimeToHear", heard);
  meter.add("TimeToAct", latency.toClosed);
}

// The end of an exception, a sweep and a hole that is opened again while its event comes twice have no call from which to count.
function closedWhatItsCallOpened({ id, change: { call }, outcome, findings }: Decision): boolean {
  if (outcome !== "acted" && outcome !== "contested") return false;
  if (!call.source.endsWith(".amazonaws.com") || id.includes("/again-")) return false;
  return findings.some(({ introduced }) => introduced === "now");
}
