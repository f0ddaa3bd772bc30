import { ec2AcrossAccounts } from "../aws/accounts.ts";
import type { DirectoryBook, Ec2For } from "../guard/ports.ts";
import { homeOf, PATIENCE, required } from "./environment.ts";

/** What reaching other accounts needs of the environment; without an external id, the own account is all. */
export interface AccountsEnvironment {
  /** The arn of the role under which the guard runs. */
  readonly SELF_ROLE?: string | undefined;
  /** The name of the role in other accounts. */
  readonly MEMBER_ROLE?: string | undefined;
  readonly EXTERNAL_ID?: string | undefined;
  readonly AWS_LAMBDA_FUNCTION_NAME?: string | undefined;
}

/** EC2 of every account that the environment lets this function reach. Throws when it is not as it must be. */
export function accountsFrom(env: AccountsEnvironment, directory: DirectoryBook): Ec2For {
  const { MEMBER_ROLE: name = "", EXTERNAL_ID: externalId = "" } = env;
  const session = required(env, "AWS_LAMBDA_FUNCTION_NAME");
  return ec2AcrossAccounts({
    own: homeOf(required(env, "SELF_ROLE")),
    ec2: PATIENCE,
    sts: PATIENCE,
    ...(name !== "" && externalId !== "" && { member: { name, externalId, session } }),
    // Of accounts that came after the directory was read nobody knows; but those let the hub in.
    isMember: async (account) => ((await directory.state()) === undefined ? undefined : (await directory.account(account)) !== undefined),
  });
}
