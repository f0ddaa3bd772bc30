/** The longest that something may be granted unless the policy says otherwise: what is worst, shortest. */
export const LONGEST = { critical: "8h", high: "1d", medium: "7d", low: "30d", info: "90d" } as const;
