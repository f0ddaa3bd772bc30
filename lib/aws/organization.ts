import {
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
  ListTagsForResourceCommand,
  type Account as OrganizationAccount,
  type OrganizationsClient,
} from "@aws-sdk/client-organizations";
import type { Organization } from "../guard/sweeping/sweep-ports.ts";
import type { Account } from "../model/account.ts";
import { allPages } from "./pages.ts";

/**
 * Reads the organization from its root down. Only its management account and delegated administrators may
 * (https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccountsForParent.html). Throws the SDK's errors.
 */
export async function readOrganization(client: OrganizationsClient): Promise<Organization> {
  const accounts: Account[] = [];
  const ous: string[] = [];
  // The units whose accounts are still to be listed, each with its path upwards.
  const open = (
    await allPages(async (token) => {
      const { Roots, NextToken } = await client.send(new ListRootsCommand(token));
      return [Roots, NextToken];
    })
  ).map(({ Id = "" }) => [Id]);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const [parent = ""] = path;
    ous.push(parent);
    const units = await allPages(async (token) => {
      const answer = await client.send(new ListOrganizationalUnitsForParentCommand({ ParentId: parent, ...token }));
      return [answer.OrganizationalUnits, answer.NextToken];
    });
    for (const { Id = "" } of units) open.push([Id, ...path]);
    const found = await allPages(async (token) => {
      const answer = await client.send(new ListAccountsForParentCommand({ ParentId: parent, ...token }));
      return [answer.Accounts, answer.NextToken];
    });
    // Closed and suspended accounts have nothing that can be reached.
    for (const one of found.filter(isActive)) accounts.push(await accountOf(client, one, path));
  }
  return { accounts, ous };
}

function isActive({ State, Status }: OrganizationAccount): boolean {
  // AWS retired Status in September 2026; emulators tell nothing else.
  return (State ?? Status) === "ACTIVE";
}

async function accountOf(client: OrganizationsClient, { Id = "", Name }: OrganizationAccount, ous: readonly string[]): Promise<Account> {
  const tags = await allPages(async (token) => {
    const answer = await client.send(new ListTagsForResourceCommand({ ResourceId: Id, ...token }));
    return [answer.Tags, answer.NextToken];
  });
  return {
    id: Id,
    ...(Name !== undefined && { name: Name }),
    ous,
    tags: Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value])),
  };
}
