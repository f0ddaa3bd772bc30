import { createServer } from "node:http";
import * as z from "zod/mini";

const Question = z.object({
  SecretId: z.optional(z.string()),
  Name: z.optional(z.string()),
  WithDecryption: z.optional(z.boolean()),
});

export interface SecretsServer {
  readonly url: string;
  /** The names that were asked for, in order. */
  readonly asked: readonly unknown[];
  close(): Promise<void>;
}

/**
 * Starts a local Secrets Manager and Systems Manager on a free port of the loopback interface: GetSecretValue and GetParameter of
 * these names and values. Parameters are given only to who asks for them decrypted.
 */
export async function startSecrets(secrets: Readonly<Record<string, string>>): Promise<SecretsServer> {
  const asked: unknown[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const question: unknown = JSON.parse(body);
    const { SecretId: secret, Name: parameter, WithDecryption: decrypted } = Question.parse(question);
    const name = secret ?? parameter ?? "";
    asked.push(name);
    const value = secret === undefined && decrypted !== true ? undefined : secrets[name];
    const found =
      secret === undefined ? { Parameter: { Name: name, Type: "SecureString", Value: value } } : { Name: name, SecretString: value };
    response.writeHead(value === undefined ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(value === undefined ? { __type: "ResourceNotFoundException" } : found));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error(`The server listens on ${address}: expected a port`);
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}
