import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readBotToken, readSigningSecret } from "../../lib/aws/secrets.ts";
import { type SecretsServer, startSecrets } from "../support/secrets-server.ts";

describe("Slack's secrets", () => {
  const values: Record<string, string> = {
    token: "xoxb-1\n",
    "/prod/slack": "xoxb-2",
    "/portcullis/slack": "xoxb-parameter",
    signing: "8f742231b10e8888abcd99yyyzzz85a5\n",
    "not-signing": "a sentence that is no secret",
    empty: "",
  };
  let server: SecretsServer;
  beforeAll(async () => {
    server = await startSecrets(values);
    Object.assign(process.env, {
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_ENDPOINT_URL_SECRETS_MANAGER: server.url,
      AWS_ENDPOINT_URL_SSM: server.url,
    });
  });
  afterAll(() => server.close());

  test("are read once, and again where they are asked for fresh", async () => {
    expect(await readBotToken("token")).toBe("xoxb-1");
    values.token = "xoxb-rotated";
    expect(await readBotToken("token")).toBe("xoxb-1");
    expect(await readBotToken("token", { fresh: true })).toBe("xoxb-rotated");
    expect(await readBotToken("token")).toBe("xoxb-rotated");
    expect(server.asked.filter((name) => name === "token")).toHaveLength(2);
  });
  test("may be named like a path", async () => expect(await readBotToken("/prod/slack")).toBe("xoxb-2"));
  test("may be parameters of Systems Manager", async () => {
    expect(await readBotToken("ssm:/portcullis/slack")).toBe("xoxb-parameter");
    values["/portcullis/slack"] = "xoxb-parameter-rotated";
    expect(await readBotToken("ssm:/portcullis/slack", { fresh: true })).toBe("xoxb-parameter-rotated");
  });
  test("hold what Slack signs with", async () => expect(await readSigningSecret("signing")).toBe("8f742231b10e8888abcd99yyyzzz85a5"));

  test("that were mistaken for each other are refused, and not shown", async () => {
    await expect(readBotToken("signing")).rejects.toThrow('Secret "signing" holds no Slack token: expected');
    await expect(readSigningSecret("/prod/slack")).rejects.toThrow('Secret "/prod/slack" holds no signing secret of Slack: expected');
    await expect(readSigningSecret("not-signing")).rejects.not.toThrow("a sentence");
    await expect(readSigningSecret("empty")).rejects.toThrow(/holds no signing secret|could not be read/);
  });
  test("that are not there say so", async () => {
    await expect(readSigningSecret("none")).rejects.toThrow('Secret "none" could not be read: does it exist');
    await expect(readBotToken("ssm:/none")).rejects.toThrow(
      'Secret "ssm:/none" could not be read: does it exist, and may this function read it (ssm',
    );
  });
});
