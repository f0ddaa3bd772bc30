import type { Bundle } from "../scripts/bundle.ts";
import type { Cost } from "./costs.ts";
import type { Figure, Section } from "./figures.ts";
import type { Say } from "./progress.ts";

/** What a section is measured with: the packaged functions, and where it tells how far it is. */
interface Bench {
  readonly bundles: readonly Bundle[];
  readonly say: Say;
}

/** One part of the bench, which can be run alone; `minutes` is about how long it takes. */
interface Part extends Omit<Section, "figures"> {
  readonly minutes: number;
  measure(bench: Bench): Promise<{ readonly figures: readonly Figure[]; readonly costs?: readonly Cost[] }>;
}

/** All parts in the order of the page. Each loads what it measures with when it is run. */
export const PARTS: readonly Part[] = [
  {
    id: "closing",
    title: "Closing a hole",
    how: "Somebody opens SSH of a group to the internet, and the same event goes to the packaged `functions/guard` and to Cloud Custodian's own Lambda handler with [its documented policy](../bench/custodian/config.json) (without its notification), each in a process of its own. Custodian's is the source that its archive for Lambda holds, in a place where Python cannot keep bytecode, as there. EC2 and STS are the same moto server, behind a proxy that counts calls and notes when the revocation was answered; the guard's table and bus answer at once. Every time the group is seen to be closed.",
    minutes: 1.5,
    measure: async ({ bundles, say }) => (await import("./closing.ts")).benchClosing(bundleOf("guard", bundles), say),
  },
  {
    id: "start",
    title: "Starting",
    how: "Sizes of the packaged functions, and a process that imports one against a process that imports nothing.",
    minutes: 0.3,
    measure: async ({ bundles, say }) => ({ figures: await (await import("./start.ts")).benchStart(bundles, say) }),
  },
  {
    id: "scaling",
    title: "Judging more",
    how: "By the default policy, each size in a process of its own: the least time of a judgement, all read anew, and the most memory that the process had (Node and the project's source among it). An organization is swept account by account, a hundred groups each, one of them open and closed by the way. The goal is for each step of ten.",
    minutes: 1.5,
    measure: async ({ say }) => ({ figures: await (await import("./scaling.ts")).benchScaling(say) }),
  },
  {
    id: "sweep",
    title: "Sweeping",
    how: "The packaged `functions/sweep` is asked for one account and region whose groups, with two rules each, are lawful by the default policy. EC2 gives them in pages of a thousand, as its API reference says, and counts what it is asked; each size has a process of its own.",
    minutes: 0.5,
    measure: async ({ bundles, say }) => ({
      figures: await (await import("./sweep.ts")).benchSweep(bundleOf("sweep", bundles), say),
    }),
  },
  {
    id: "review",
    title: "Reviewing",
    how: "`portcullis review` of an archive of CloudTrail's log files in which one record in a hundred is a call that is watched, against a program that unpacks and parses the same files and does nothing else; of a Terraform plan; and the page that `--format html` writes, opened in Chromium.",
    minutes: 2.5,
    measure: async ({ say }) => {
      const [{ benchReview }, { benchPlan }, { benchHtml }] = await Promise.all([
        import("./review.ts"),
        import("./plan.ts"),
        import("./html.ts"),
      ]);
      return { figures: [...(await benchReview(say)), await benchPlan(say), ...(await benchHtml(say))] };
    },
  },
];

function bundleOf(name: string, bundles: readonly Bundle[]): Bundle {
  const found = bundles.find((bundle) => bundle.name === name);
  if (found === undefined) throw new Error(`functions/${name}.ts was not bundled`);
  return found;
}
