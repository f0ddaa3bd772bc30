import { getSecret } from "@aws-lambda-powertools/parameters/secrets";

const MAX_AGE_SECONDS = 300;

/** Thrown for a secret that cannot be read or is not what it should be. Its value is never part of the message. */
class SecretError extends Error {
  override readonly name = "SecretError";
}

/** Slack's bot token from Secrets Manager, kept for five minutes. Throws SecretError. */
export async function readBotToken(name: string): Promise<string> {
  const value = await readSecret(name);
  const token = typeof value === "string" ? value.trim() : "";
  if (!token.startsWith("xox")) {
    throw new SecretError(`Secret "${name}" holds no Slack token: expected a plain text that begins with xoxb-`);
  }
  return token;
}

async function readSecret(name: string): Promise<unknown> {
  try {
    return await getSecret(name, { maxAge: MAX_AGE_SECONDS });
  } catch (error) {
    const hint = "does it exist, and may this function read it (secretsmanager:GetSecretValue)?";
    throw new SecretError(`Secret "${name}" could not be read: ${hint}`, { cause: error });
  }
}
