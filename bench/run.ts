// What the README claims about speed, as programs. Each figure is a ratio of two medians of the same run.
import { benchGuard } from "./guard.ts";
import { benchJudgement } from "./judge.ts";
import { benchPlan } from "./plan.ts";
import { benchReview } from "./review.ts";
import { benchStart } from "./start.ts";

await benchJudgement();
await benchPlan();
await benchStart();
await benchGuard();
await benchReview();
