import { describe, expect, test } from "@jest/globals";
import { deliveryOf, sortFiles } from "../../lib/cloudtrail/archive.ts";

const log = (account: string, time: string, unique = "AbCdEf0123456789") => `${account}_CloudTrail_eu-west-1_${time}_${unique}.json.gz`;

describe("deliveryOf", () => {
  test.each([
    ["AWSLogs/111122223333/CloudTrail/eu-west-1/2026/01/31/", log("111122223333", "20260131T2355Z"), "2026-01-31T23:55:00Z"],
    ["AWSLogs/o-exampleorgid/111122223333/CloudTrail/eu-west-1/2026/01/31/", log("111122223333", "20260131T2355Z"), "2026-01-31T23:55:00Z"],
    ["flat/", log("111122223333", "20260131T0000Z"), "2026-01-31T00:00:00Z"],
    ["", "111122223333_CloudTrail_us-gov-west-1_20260131T0005Z_AbCdEf0123456789.json", "2026-01-31T00:05:00Z"],
    ["", "111122223333_CloudTrail-Insight_eu-west-1_20260131T0005Z_AbCdEf0123456789.json.gz", "2026-01-31T00:05:00Z"],
    ["", "111122223333_CloudTrail-Digest_eu-west-1_my_trail_eu-west-1_20260131T000507Z.json.gz", "2026-01-31T00:05:00Z"],
  ])("%s%s is a file of an archive", (folder, name, delivered) => {
    expect(deliveryOf(`${folder}${name}`)).toBe(delivered);
  });

  test.each([
    "records.json.gz",
    "-",
    "111122223333_vpcflowlogs_eu-west-1_fl-1_20260131T0005Z_0123abcd.log.gz",
    "111122223333_CloudTrail_eu-west-1_20261331T0005Z_AbCdEf0123456789.json.gz",
    "111122223333_CloudTrail_eu-west-1_20260131T0005Z_AbCdEf0123456789.json.gz.tmp",
    "11112222333_CloudTrail_eu-west-1_20260131T0005Z_AbCdEf0123456789.json.gz",
  ])("%s is not", (name) => {
    expect(deliveryOf(name)).toBeUndefined();
  });
});

test("files are sorted by their delivery across accounts and regions, others keep their order", () => {
  const files = [
    "z.json",
    `AWSLogs/222222222222/CloudTrail/eu-west-1/2026/01/01/${log("222222222222", "20260101T0000Z")}`,
    `AWSLogs/111111111111/CloudTrail/eu-west-1/2026/01/02/${log("111111111111", "20260102T0000Z")}`,
    "a.json",
    `AWSLogs/111111111111/CloudTrail/eu-west-1/2026/01/01/${log("111111111111", "20260101T0005Z")}`,
  ];
  const { logs, others } = sortFiles(files);
  expect(logs.map(({ path }) => files.indexOf(path))).toEqual([1, 4, 2]);
  expect(others).toEqual(["z.json", "a.json"]);
});
