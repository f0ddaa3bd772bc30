import type { EC2Client } from "@aws-sdk/client-ec2";
import type { Kind } from "../model/facts.ts";
import type { NetworkRemedy } from "../model/remedy.ts";
import type { GroupReaders, Reader } from "./ec2-reads.ts";

/** All that is read and done beyond the rules of security groups; loaded when it is first asked for. */
export interface Network {
  readonly readers: { readonly [K in Kind]: Reader<K> };
  carryOut(remedy: NetworkRemedy): Promise<NetworkRemedy | undefined>;
  mayCarryOut(remedy: NetworkRemedy): Promise<void>;
}

/** The network over the EC2 API and the services beside it. */
export function networkOver(_client: EC2Client, _group: GroupReaders): Network {
  throw new Error("not built yet");
}
