import type { Account } from "../../model/account.ts";
import { rulingFor } from "../../policy/ruling.ts";
import type { SweepRequest } from "../records/sweep-record.ts";
import { sweepPlace } from "./sweep-place.ts";
import type { SweepPorts } from "./sweep-ports.ts";

// The organization is read again when what is known of it is older than this (milliseconds).
const DIRECTORY_AGE = 24 * 3_600_000;

/**
 * Carries out one request: sweeps the account and region that it names, or asks for a sweep of each that it means. Safe to
 * repeat. Throws when it should be tried again; what was swept until then stays swept.
 */
export async function sweep({ run, at, account, region, unless }: SweepRequest, ports: SweepPorts): Promise<void> {
  if (account !== undefined && region !== undefined) return sweepPlace({ run, at, account, region }, ports);
  const { policy, log } = ports;
  if (unless !== undefined && (await ports.state.sweptUnder()) === policy.version) return;
  const accounts = account === undefined ? await accountsToSweep(ports) : [await accountOf(account, ports)];
  const requests = accounts.flatMap((one) => (region === undefined ? ports.regions : [region]).flatMap((where) => requestFor(one, where)));
  await ports.ask(requests);
  // Only now: what was not asked for in full is asked for again.
  if (account === undefined && region === undefined) await ports.state.noteSweptUnder(policy.version);
  log.info("Asked for sweeps", { run, sweeps: requests.length, accounts: accounts.length, policyVersion: policy.version });

  function requestFor({ id, ous }: Account, where: string): SweepRequest[] {
    const ruling = rulingFor(policy, { account: id, region: where, ous, resource: { tags: {} } }, at);
    return "needs" in ruling || ruling.mode !== "off" || hasInnerScopes(ports) ? [{ run, at, account: id, region: where }] : [];
  }
}

// Where a scope asks for VPCs, groups or tags, part of an account that is off may be on.
function hasInnerScopes({ policy: { document } }: SweepPorts): boolean {
  return document.scopes.some(({ when, mode }) => mode !== "off" && (when.vpcs ?? when.groups ?? when.tags) !== undefined);
}

async function accountOf(id: string, { directory }: SweepPorts): Promise<Account> {
  return (await directory.account(id)) ?? { id, ous: [], tags: {} };
}

/** The accounts of the organization, or where it cannot be read, those that were known or that the policy names. */
async function accountsToSweep(ports: SweepPorts): Promise<readonly Account[]> {
  const { directory, policy, home, log } = ports;
  await refreshDirectory(ports);
  tellUnknownOus((await directory.state())?.ous, ports);
  const known = await directory.all();
  if (known.length > 0) return known;
  const { accounts = {}, scopes } = policy.document;
  const named = new Set([home, ...Object.keys(accounts), ...scopes.flatMap(({ when }) => when.accounts ?? [])]);
  log.warn("The organization was never read, so the accounts that the policy names are swept", { accounts: [...named] });
  return [...named].map((id) => ({ id, ous: [], tags: {} }));
}

async function refreshDirectory({ directory, readOrganization, clock, log }: SweepPorts): Promise<void> {
  const state = await directory.state();
  if (state !== undefined && clock.now() - Date.parse(state.at) < DIRECTORY_AGE) return;
  try {
    const { accounts, ous } = await readOrganization();
    await directory.replace(accounts, { at: new Date(clock.now()).toISOString(), ous });
    log.info("Read the organization", { accounts: accounts.length, units: ous.length });
  } catch (error) {
    // What was known goes on to hold: an organization changes slowly, and a sweep must not wait for it.
    log.warn("The organization could not be read: is this the management account, or a delegated administrator?", {
      error,
      ...(state !== undefined && { knownSince: state.at }),
    });
  }
}

// A scope for a unit that does not exist holds nowhere: its accounts would have another mode than somebody believes.
function tellUnknownOus(ous: readonly string[] | undefined, { policy: { document }, meter, log }: SweepPorts): void {
  if (ous === undefined) return;
  const conditions = [...document.scopes, ...document.exceptions].map(({ when }) => when);
  const unknown = [...new Set(conditions.flatMap((when) => when.ous ?? []))].filter((ou) => !ous.includes(ou));
  meter.add("UnknownOus", unknown.length);
  if (unknown.length > 0) {
    log.error("The policy names organizational units that the organization does not have; what it says of them holds nowhere", { unknown });
  }
}
