import type { Report } from "./report.ts";

/** Several reports of the same review. */
export function together(reports: readonly Report[]): Report {
  return {
    decided: async (decision) => {
      for (const report of reports) await report.decided(decision);
    },
    unreadable: async (found) => {
      for (const report of reports) await report.unreadable(found);
    },
    end: async (tally) => {
      for (const report of reports) await report.end(tally);
    },
  };
}
