import { findBrowser } from "./browser.ts";
import { describeUnlessMissing } from "./emulator-suite.ts";

/** A `describe` that needs a browser. */
export function describeInBrowser(name: string, suite: () => void): void {
  const browser = findBrowser();
  describeUnlessMissing(name, "missing" in browser ? `no browser can run here: ${browser.missing}` : undefined, suite);
}
