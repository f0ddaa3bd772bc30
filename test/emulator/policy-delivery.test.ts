import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import middy from "@middy/core";
import { DynamoPolicyShelf } from "../../lib/aws/dynamodb/policy-shelf.ts";
import { policySourceIn } from "../../lib/aws/policy-sources/policy-source.ts";
import { PolicyDelivery } from "../../lib/policy/delivery.ts";
import { parsePolicy } from "../../lib/policy/load.ts";
import { readSourceName } from "../../lib/policy/source-name.ts";
import { deliveredPolicy } from "../../lib/wiring/policy.ts";
import { AppConfigApplication } from "../support/app-config.ts";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { EMULATOR_ENV, type Emulator, startMinistack } from "../support/emulators.ts";
import { createLedgerTable } from "../support/ledger-table.ts";
import { MemoryClock, MemoryMeter } from "../support/memory-ports.ts";
import { testPolicyShelfContract } from "../support/policy-shelf-contract.ts";

const DRY = "version: 1\nmode: dry-run\n";
const ENFORCE = '{"version": 1, "mode": "enforce"}';
const BROKEN = "version: 1\nmode: enforse\n";
const BUNDLED = parsePolicy("version: 1\nmode: off\n", "bundled");
const AT = "2026-03-02T09:00:00Z";

/** One service that delivers, and what people do there. */
interface Delivering {
  /** Makes what the source is in; resolves to its name. */
  setUp(): Promise<string>;
  publish(document: Uint8Array): Promise<void>;
  remove?(): Promise<void>;
}

describeOnEmulators("a policy that is delivered (MiniStack)", () => {
  let ministack: Emulator;
  let dynamo: DynamoDBClient;
  let tables = 0;
  beforeAll(async () => {
    ministack = await startMinistack();
    dynamo = new DynamoDBClient(ministack.client);
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    dynamo?.destroy();
    await ministack?.stop();
  });

  async function emptyShelf(): Promise<DynamoPolicyShelf> {
    const table = `ledger-${++tables}`;
    await createLedgerTable(dynamo, table);
    return new DynamoPolicyShelf(dynamo, table);
  }

  describe("the last good policy in DynamoDB", () => testPolicyShelfContract(emptyShelf));

  describe("from Parameter Store", () => {
    const Name = "/portcullis/policy";
    const ssm = () => new SSMClient(ministack.client);
    testDelivery({
      setUp: async () => `ssm:${Name}`,
      publish: async (document) => {
        await ssm().send(new PutParameterCommand({ Name, Value: Buffer.from(document).toString(), Type: "String", Overwrite: true }));
      },
      remove: async () => void (await ssm().send(new DeleteParameterCommand({ Name }))),
    });
  });

  describe("from S3", () => {
    const object = { Bucket: "policies", Key: "net/portcullis.yml" };
    const s3 = () => new S3Client({ ...ministack.client, forcePathStyle: true });
    testDelivery({
      setUp: async () => {
        await s3().send(new CreateBucketCommand({ Bucket: object.Bucket }));
        return `s3://${object.Bucket}/${object.Key}`;
      },
      publish: async (document) => void (await s3().send(new PutObjectCommand({ ...object, Body: document }))),
      remove: async () => void (await s3().send(new DeleteObjectCommand(object))),
    });

    test("an object that is no policy by its size is not even read", async () => {
      await s3().send(new PutObjectCommand({ ...object, Key: "huge", Body: Buffer.alloc(1_048_577, " ") }));
      const source = sourceOf(`s3://${object.Bucket}/huge`);
      await expect(source.read(AbortSignal.timeout(2_000))).rejects.toThrow("found an object of 1048577 bytes, expected at most 1048576");
    });
  });

  describe("from AppConfig", () => {
    let application: AppConfigApplication;
    testDelivery({
      setUp: () => {
        application = new AppConfigApplication(ministack);
        return application.create();
      },
      publish: (document) => application.deploy(document),
    });
  });

  function sourceOf(name: string) {
    return policySourceIn(name, readSourceName(name), { ...ministack.client, forcePathStyle: true });
  }

  function testDelivery({ setUp, publish, remove }: Delivering): void {
    let name: string;
    let shelf: DynamoPolicyShelf;
    let clock: MemoryClock;
    const rejections: string[] = [];
    beforeAll(async () => {
      name = await setUp();
      shelf = await emptyShelf();
      clock = new MemoryClock(AT);
    });

    const coldStart = () => {
      const rejected = async (error: unknown) => void rejections.push(error instanceof Error ? error.message : String(error));
      const log = { info: () => {}, warn: () => {}, error: () => {} };
      return new PolicyDelivery({ source: sourceOf(name), shelf, bundled: async () => BUNDLED, rejected, clock, log });
    };
    const modeOf = async (delivery: PolicyDelivery) => (await delivery.current()).document.mode;
    const aMinutePasses = async (delivery: PolicyDelivery) => {
      clock.time += 60_000;
      await delivery.keepUp();
    };

    test("a good one is used and kept, a changed one a minute later, a broken one never", async () => {
      const delivery = coldStart();
      expect(await modeOf(delivery)).toBe("off");
      expect(rejections.splice(0)).toEqual([
        expect.stringMatching(remove === undefined ? /:1:1: found an empty file/ : /could not be read: .*does it exist/),
      ]);

      await publish(Buffer.from(DRY));
      await delivery.keepUp();
      expect(await modeOf(delivery)).toBe("off");
      await aMinutePasses(delivery);
      expect(await modeOf(delivery)).toBe("dry-run");

      await publish(Buffer.from(ENFORCE));
      await aMinutePasses(delivery);
      expect(await modeOf(delivery)).toBe("enforce");
      await aMinutePasses(delivery);
      expect(await modeOf(delivery)).toBe("enforce");
      expect(await shelf.read()).toMatchObject({ source: name, text: ENFORCE, readAt: clock.time - 60_000 });
      expect(rejections).toEqual([]);

      await publish(Buffer.from(BROKEN));
      await aMinutePasses(delivery);
      expect(await modeOf(delivery)).toBe("enforce");
      await aMinutePasses(delivery);
      expect(await modeOf(coldStart())).toBe("enforce");
      expect(rejections.splice(0)).toEqual(Array(3).fill(expect.stringMatching(`^${name}:2:7: found "enforse"`)));
      expect(await shelf.read()).toMatchObject({ text: ENFORCE });

      await publish(Buffer.from(DRY));
      await aMinutePasses(delivery);
      expect(await modeOf(delivery)).toBe("dry-run");
    });

    if (remove !== undefined) {
      test("one that is gone is missed aloud, and the last good one goes on", async () => {
        await publish(Buffer.from(DRY));
        const delivery = coldStart();
        expect(await modeOf(delivery)).toBe("dry-run");
        await remove();
        await aMinutePasses(delivery);
        expect(await modeOf(delivery)).toBe("dry-run");
        expect(rejections.splice(0)).toEqual([
          expect.stringMatching(/could not be read: \w+: .*does it exist, and may this function read it/),
        ]);
      });
    }
  }

  describe("to a function", () => {
    const lines: string[] = [];
    const log = {
      info: () => {},
      warn: () => {},
      error: (_: string, { error }: Readonly<Record<string, unknown>>) => void lines.push(String(error)),
    };
    const clock = new MemoryClock(AT);
    const end = { event: {}, context: { getRemainingTimeInMillis: () => 30_000 } };
    let folder: string;
    let env: NodeJS.ProcessEnv;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "portcullis-policy-"));
      await writeFile(join(folder, "policy.json"), JSON.stringify(BUNDLED.document));
      await createLedgerTable(dynamo, "ledger");
      Object.assign(process.env, EMULATOR_ENV, { AWS_ENDPOINT_URL: ministack.url });
      env = { LEDGER_TABLE: "ledger", AWS_LAMBDA_FUNCTION_NAME: "portcullis-test-guard", POLICY_SOURCE: "ssm:/portcullis/wired" };
    });
    afterAll(async () => {
      delete process.env.AWS_ENDPOINT_URL;
      await rm(folder, { recursive: true, force: true });
    });

    async function put(Value: string): Promise<void> {
      await new SSMClient(ministack.client).send(
        new PutParameterCommand({ Name: "/portcullis/wired", Value, Type: "String", Overwrite: true }),
      );
    }

    test("it takes the place of the bundled one, and a rejected one is counted once", async () => {
      await put(DRY);
      const meter = new MemoryMeter();
      const policy = deliveredPolicy(env, folder, log, meter, clock);
      expect((await policy.in({ policy: BUNDLED })).policy.document.mode).toBe("dry-run");
      await policy.keepingUp.after(end);
      await put(BROKEN);
      clock.time += 60_000;
      await policy.keepingUp.after(end);
      await policy.keepingUp.after(end);
      expect((await policy.in({ policy: BUNDLED })).policy.document.mode).toBe("dry-run");
      expect(lines).toEqual([expect.stringContaining('ssm:/portcullis/wired:2:7: found "enforse"')]);
      expect(meter.values).toEqual({ PolicyRejected: [1] });
    });

    test("nothing is read for a request by HTTP, nor when the time is over", async () => {
      await put(DRY);
      const policy = deliveredPolicy(env, folder, log, new MemoryMeter(), clock);
      await policy.current();
      await put(ENFORCE);
      clock.time += 60_000;
      await policy.keepingUp.after({ ...end, event: { requestContext: {} } });
      await policy.keepingUp.after({ ...end, context: { getRemainingTimeInMillis: () => 4_000 } });
      expect((await policy.current())?.document.mode).toBe("dry-run");
      await policy.keepingUp.onError(end);
      expect((await policy.current())?.document.mode).toBe("enforce");
      // But for work that can wait.
      await put(DRY);
      clock.time += 60_000;
      expect((await policy.in({ policy: BUNDLED })).policy.document.mode).toBe("enforce");
      expect((await policy.in({ policy: BUNDLED }, "latest")).policy.document.mode).toBe("dry-run");
    });

    test("without a source the ports stay as they are", async () => {
      const policy = deliveredPolicy({ ...env, POLICY_SOURCE: "" }, folder, log, new MemoryMeter(), clock);
      const ports = { policy: BUNDLED };
      expect(await policy.in(ports)).toBe(ports);
      expect(await policy.current()).toBeUndefined();
      await policy.keepingUp.after(end);
      // middy takes no middleware without a hook.
      expect(() => middy().use(policy.keepingUp)).not.toThrow();
    });
  });
});
