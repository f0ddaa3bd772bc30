import { getSecret } from "@aws-lambda-powertools/parameters/secrets";

const MAX_AGE_SECONDS = 300;
/** How the name of a SecureString of Systems Manager begins: `ssm:/portcullis/slack-bot-token`. */
const PARAMETER = "ssm:";

/** Thrown for a secret that cannot be read or is not what it should be. Its value is never part of the message. */
class SecretError extends Error {
  override readonly name = "SecretError";
}

export interface Reading {
  /** Reads it again, whatever is kept: the one that is kept was refused. */
  readonly fresh?: boolean;
}

/** Slack's bot token from Secrets Manager or Systems Manager (`ssm:`), kept for five minutes. Throws SecretError. */
export async function readBotToken(name: string, options: Reading = {}): Promise<string> {
  const token = await readSecret(name, options);
  if (!token.startsWith("xox")) {
    throw new SecretError(`Secret "${name}" holds no Slack token: expected a plain text that begins with xoxb-`);
  }
  return token;
}

/** The secret by which Slack signs its requests, from Secrets Manager or Systems Manager (`ssm:`), kept for five minutes. Throws SecretError. */
export async function readSigningSecret(name: string, options: Reading = {}): Promise<string> {
  const secret = await readSecret(name, options);
  // A token in its place would let nothing through, and nobody would know why.
  if (!/^[\w-]{16,}$/.test(secret) || secret.startsWith("xox")) {
    throw new SecretError(`Secret "${name}" holds no signing secret of Slack: expected a plain text such as 32 hexadecimal digits`);
  }
  return secret;
}

async function readSecret(name: string, { fresh = false }: Reading): Promise<string> {
  const options = { maxAge: MAX_AGE_SECONDS, forceFetch: fresh };
  const parameter = name.startsWith(PARAMETER) ? name.slice(PARAMETER.length) : undefined;
  let value: unknown;
  try {
    value = parameter === undefined ? await getSecret(name, options) : await readParameter(parameter, options);
  } catch (error) {
    const hint = `does it exist, and may this function read it (${parameter === undefined ? "secretsmanager:GetSecretValue" : "ssm:GetParameter"})?`;
    throw new SecretError(`Secret "${name}" could not be read: ${hint}`, { cause: error });
  }
  return typeof value === "string" ? value.trim() : "";
}

// Loaded where a name asks for it: most deployments have their secrets in Secrets Manager.
async function readParameter(name: string, options: { readonly maxAge: number; readonly forceFetch: boolean }): Promise<unknown> {
  const { getParameter } = await import("@aws-lambda-powertools/parameters/ssm");
  return getParameter(name, { ...options, decrypt: true });
}
