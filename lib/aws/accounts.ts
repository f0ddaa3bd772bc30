import { EC2Client, type EC2ClientConfig } from "@aws-sdk/client-ec2";
import type { STSClientConfig } from "@aws-sdk/client-sts";
import { type Ec2, Ec2Error, type Ec2For } from "../guard/ports.ts";
import type { LentRole, Session } from "./assumed-role.ts";
import { Ec2Api } from "./ec2/ec2.ts";

// A session is used until a minute before it ends, so that no call is signed with one that ends on the way.
const SPARE_MS = 60_000;
// An organization has thousands of account-regions, and a function need not remember them all.
const MOST_CLIENTS = 200;

/** The role that the guard takes on in other accounts. */
interface MemberRole {
  /** Its name in every account; stacks/member.yml makes it. */
  readonly name: string;
  readonly externalId: string;
  /** The name of the session, by which the guard knows its own calls. */
  readonly session: string;
}

export interface AccountsSettings {
  /** The account and partition of the function's own credentials, which serve it. */
  readonly own: { readonly account: string; readonly partition: string };
  /** Without one, no other account can be reached. */
  readonly member?: MemberRole | undefined;
  /** Whether an account belongs to the organization; undefined where nobody knows. Asked only when its role is refused. */
  readonly isMember?: ((account: string) => Promise<boolean | undefined>) | undefined;
  /** How the clients of EC2 and STS wait and try again. */
  readonly ec2?: EC2ClientConfig;
  readonly sts?: STSClientConfig;
  readonly now?: () => number;
}

/** Thrown for an account of nobody we know: what it reports is not to be judged, and ends in the dead-letter queue. */
class StrangerError extends Error {
  override readonly name = "StrangerError";
}

/**
 * EC2 of every account and region: the function's own account with its own credentials, any other through the member role. One
 * AssumeRole serves an account until shortly before its session ends, and one that failed is asked for again by the next call.
 * Clients and their sockets outlive one event. Throws for another account where there is no member role.
 */
export function ec2AcrossAccounts(settings: AccountsSettings): Ec2For {
  const { own, member, ec2: config = {}, now = Date.now } = settings;
  const clients = new Map<string, Ec2>();
  const sessions = new Sessions(now, beginSessions(settings));
  let shared: EC2Client["config"]["requestHandler"] | undefined;
  return (account, region) => {
    const key = `${account}/${region}`;
    const known = clients.get(key);
    if (known !== undefined) return known;
    if (account !== own.account && member === undefined) {
      throw new Error(
        `an event of account ${account}: this guard serves account ${own.account} only. Set externalId, and deploy stacks/member.yml there`,
      );
    }
    const credentials = account === own.account ? {} : { credentials: () => sessions.of(account) };
    const made = new EC2Client({ ...config, region, ...credentials, ...(shared !== undefined && { requestHandler: shared }) });
    // All clients share the sockets: those of a region are the same whoever asks.
    shared ??= made.config.requestHandler;
    const [oldest] = clients.keys();
    if (clients.size >= MOST_CLIENTS && oldest !== undefined) clients.delete(oldest);
    const ec2 = new Ec2Api(made);
    clients.set(key, ec2);
    return ec2;
  };
}

/** The sessions that stand, one an account. */
class Sessions {
  private readonly standing = new Map<string, Promise<Session>>();
  private readonly now: () => number;
  private readonly begin: (account: string) => Promise<Session>;

  constructor(now: () => number, begin: (account: string) => Promise<Session>) {
    this.now = now;
    this.begin = begin;
  }

  async of(account: string): Promise<Session> {
    const earlier = this.standing.get(account);
    if (earlier !== undefined) {
      const session = await earlier;
      if (session.expiration.getTime() - this.now() > SPARE_MS) return session;
      // Somebody else may have begun another meanwhile.
      if (this.standing.get(account) !== earlier) return this.of(account);
    }
    const fresh = this.begin(account);
    this.standing.set(account, fresh);
    fresh.catch(() => {
      if (this.standing.get(account) === fresh) this.standing.delete(account);
    });
    return fresh;
  }
}

/** Takes on the member role of an account. Throws Ec2Error, or StrangerError where the account is nobody's that we know. */
function beginSessions({ own, member, isMember, sts: config = {} }: AccountsSettings): (account: string) => Promise<Session> {
  // Loaded with the first call into another account; the client and its sockets are kept.
  let loaded: Promise<(role: LentRole) => Promise<Session>> | undefined;
  return async (account) => {
    if (member === undefined) throw new Error(`no member role is set, by which account ${account} could be reached`);
    loaded ??= loadSts(config);
    const { session, externalId } = member;
    try {
      return await (await loaded)({ arn: `arn:${own.partition}:iam::${account}:role/${member.name}`, session, externalId });
    } catch (error) {
      const isDenied = error instanceof Ec2Error && error.refusal === "denied";
      if (!isDenied || (await isMember?.(account)) !== false) throw error;
      throw new StrangerError(`account ${account} is not in the organization, and does not let the hub in: ${error.message}`, {
        cause: error,
      });
    }
  };
}

async function loadSts(config: STSClientConfig): Promise<(role: LentRole) => Promise<Session>> {
  const [{ STSClient }, { assume }] = await Promise.all([import("@aws-sdk/client-sts"), import("./assumed-role.ts")]);
  const client = new STSClient(config);
  return (role) => assume(client, role);
}
