/** enforce: close what is forbidden. dry-run: judge, and say what would be closed. off: do not judge. */
export const MODES = ["dry-run", "enforce", "off"] as const;
export type Mode = (typeof MODES)[number];
