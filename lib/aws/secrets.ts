import { getSecret } from "@aws-lambda-powertools/parameters/secrets";

const MAX_AGE_SECONDS = 300;

/** Thrown for a secret that cannot be read or is not what it should be. Its value is never part of the message. */
class SecretError extends Error {
  override readonly name = "SecretError";
}

export interface Reading {
  /** Reads it again, whatever is kept: the one that is kept was refused. */
  readonly fresh?: boolean;
}

/** Slack's bot token from Secrets Manager, kept for five minutes. Throws SecretError. */
export async function readBotToken(name: string, options: Reading = {}): Promise<string> {
  const token = await readSecret(name, options);
  if (!token.startsWith("xox")) {
    throw new SecretError(`Secret "${name}" holds no Slack token: expected a plain text that begins with xoxb-`);
  }
  return token;
}

/** The secret by which Slack signs its requests, from Secrets Manager, kept for five minutes. Throws SecretError. */
export async function readSigningSecret(name: string, options: Reading = {}): Promise<string> {
  const secret = await readSecret(name, options);
  // A token in its place would let nothing through, and nobody would know why.
  if (!/^[\w-]{16,}$/.test(secret) || secret.startsWith("xox")) {
    throw new SecretError(`Secret "${name}" holds no signing secret of Slack: expected a plain text such as 32 hexadecimal digits`);
  }
  return secret;
}

async function readSecret(name: string, { fresh = false }: Reading): Promise<string> {
  if (name.startsWith("ssm:")) {
    throw new SecretError(
      `Secret "${name}" is named as a parameter of Systems Manager: expected the name or arn of a Secrets Manager secret`,
    );
  }
  let value: unknown;
  try {
    value = await getSecret(name, { maxAge: MAX_AGE_SECONDS, forceFetch: fresh });
  } catch (error) {
    const hint = "does it exist, and may this function read it (secretsmanager:GetSecretValue)?";
    throw new SecretError(`Secret "${name}" could not be read: ${hint}`, { cause: error });
  }
  return typeof value === "string" ? value.trim() : "";
}
