// What the README claims about speed, as programs. Each figure is a ratio of two medians of the same run.
import { benchGuard } from "./guard.ts";
import { benchHtml } from "./html.ts";
import { benchJudgement } from "./judge.ts";
import { benchStart } from "./start.ts";

await benchJudgement();
await benchStart();
await benchGuard();
await benchHtml();
