import { GetParameterCommand, SSMClient, type SSMClientConfig } from "@aws-sdk/client-ssm";
import type { Delivered } from "../../policy/delivered.ts";

/** Reads a policy in a parameter of Systems Manager; its revision is the parameter's version. Throws the SDK's errors. */
export function parameterReader({ parameter }: { readonly parameter: string }, settings: SSMClientConfig) {
  const client = new SSMClient(settings);
  const command = new GetParameterCommand({ Name: parameter, WithDecryption: true });
  return async (abortSignal: AbortSignal): Promise<Delivered> => {
    const { Parameter: found } = await client.send(command, { abortSignal });
    return { bytes: Buffer.from(found?.Value ?? ""), ...(found?.Version !== undefined && { revision: String(found.Version) }) };
  };
}
