import { describe, expect, test } from "@jest/globals";
import { decodeDecision } from "../../lib/guard/records/decision-record.ts";
import { encodeWithin } from "../../lib/guard/records/trim.ts";
import { TrafficSet } from "../../lib/model/traffic.ts";
import { decision, finding, rule } from "../support/decisions.ts";

const ENTRY = 240_000;
const many = (count: number) => Array.from({ length: count }, (_, i) => `tcp ${i + 1} from 8.${i >> 8}.${i & 255}.0/24`);

describe("a decision for the bus", () => {
  test("goes as it is when it fits", () => {
    const given = decision();
    expect(decodeDecision(JSON.parse(encodeWithin(given, ENTRY)))).toEqual(given);
  });

  test("with 1,000 findings is cut until it fits, says so, and keeps what identifies it", () => {
    const given = decision({
      findings: many(1000).map((text) => finding(text, { rules: [rule(text)], message: `${text} is open`.repeat(40) })),
    });
    const text = encodeWithin(given, ENTRY);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(ENTRY);
    const told = decodeDecision(JSON.parse(text));
    expect(told).toMatchObject({ id: given.id, outcome: given.outcome, trimmed: true });
    expect(told.findings.length).toBeGreaterThan(10);
    expect(told.findings[0]?.traffic.equals(given.findings[0]?.traffic ?? TrafficSet.EMPTY)).toBe(true);
  });

  test("with one finding over 20,000 scattered addresses is cut within the finding", () => {
    const addresses = Array.from({ length: 20_000 }, (_, i) => `8.${(i >> 7) & 255}.${(i * 2) & 255}.1/32`);
    const given = decision({
      findings: [finding(`tcp 22 from ${addresses.join(", ")}`, { rules: [rule("tcp 22 from 8.0.0.0/8")] })],
    });
    expect(Buffer.byteLength(encodeWithin(given, 20_000))).toBeLessThanOrEqual(20_000);
  });

  test("that cannot be cut enough is refused, never dropped", () => {
    expect(() => encodeWithin(decision(), 100)).toThrow("does not fit into 100 bytes");
  });
});
