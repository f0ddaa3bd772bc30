import { AddressSet } from "../lib/model/address-set.ts";
import { SecurityGroup } from "../lib/model/security-group.ts";
import { parseRule } from "../lib/model/security-group-rule.ts";
import { noPublicIngress } from "../lib/rules/no-public-ingress.ts";
import { inTurn, report, time } from "./measure.ts";

const rule = noPublicIngress.withOptions({}, { resolve: (name) => AddressSet.of(name) });
const world = { get: async () => undefined, list: async () => [] };

/** Judging a group of 1,000 rules against one of 100, each time as if it had just been read: time should grow with the rules, no faster. */
export async function benchJudgement(): Promise<void> {
  for (const [name, ruleAt] of Object.entries(SHAPES)) {
    const groupOf = (size: number) =>
      new SecurityGroup({ id: "sg-1", rules: Array.from({ length: size }, (_, i) => parseRule(ruleAt(i))) });
    const [small, large] = [groupOf(100), groupOf(1000)];
    const judge = (group: SecurityGroup, times: number) => async () => {
      const took = await time(async () => {
        for (let i = 0; i < times; i++)
          await rule.check(new SecurityGroup({ ...group.facts, rules: group.rules.map((rule) => ({ ...rule })) }), world);
      });
      return took / times;
    };
    await inTurn(3, judge(large, 1), judge(small, 10));
    const { a, b, ratio } = await inTurn(9, judge(large, 2), judge(small, 20));
    report(`judge 1,000 rules / 100 rules, ${name}`, `${a.toFixed(2)} ms / ${b.toFixed(2)} ms = ${ratio.toFixed(1)} x`, "at most 12 x");
  }
}

const SHAPES: Record<string, (i: number) => string> = {
  "one port each, private": (i) => `tcp ${i + 1000} from 10.${i % 256}.0.0/16`,
  "one port each, public": (i) => `tcp ${i + 1000} from 0.0.0.0/0`,
  "one port, an address each": (i) => `tcp 22 from 8.${i >> 8}.${i & 255}.7/32`,
  "overlapping ranges of ports": (i) => `tcp ${i}-${i + 500} from 8.${i >> 8}.${i & 255}.0/24`,
};
