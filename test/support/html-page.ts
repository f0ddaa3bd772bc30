import { join } from "node:path";
import type { Decision } from "../../lib/model/decision.ts";
import type { HtmlOptions } from "../../lib/report/html/content.ts";
import { html } from "../../lib/report/html/html.ts";
import type { Unreadable } from "../../lib/report/tally.ts";
import { policy, written } from "./reporting.ts";

/** Where the recorded events are, and the strictest policy. */
export const ROOT = join(import.meta.dirname, "../..");

/** The page of these decisions. */
export function pageOf(
  decisions: readonly Decision[],
  unreadable: readonly Unreadable[] = [],
  more: Partial<HtmlOptions> = {},
): Promise<string> {
  const options = { policy, subject: "AWSLogs", policyName: "portcullis.yml, mode dry-run", version: "1.2.3", ...more };
  return written((write) => html({ ...options, write }), decisions, unreadable);
}
