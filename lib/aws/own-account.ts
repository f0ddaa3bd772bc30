import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

/** The account of the environment's credentials. Throws the SDK's error where there are none, or STS cannot be asked. */
export async function ownAccount(region: string): Promise<string> {
  const sts = new STSClient({ region });
  try {
    const { Account } = await sts.send(new GetCallerIdentityCommand({}));
    if (Account === undefined) throw new Error("STS tells no account for these credentials");
    return Account;
  } finally {
    sts.destroy();
  }
}
