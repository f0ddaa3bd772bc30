import {
  CreateAccountCommand,
  CreateOrganizationalUnitCommand,
  CreateOrganizationCommand,
  ListRootsCommand,
  MoveAccountCommand,
  OrganizationsClient,
  TagResourceCommand,
} from "@aws-sdk/client-organizations";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readOrganization } from "../../lib/aws/organization.ts";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { ACCOUNT, type Emulator, startMoto } from "../support/emulators.ts";

describeOnEmulators("the organization (moto)", () => {
  let moto: Emulator;
  let client: OrganizationsClient;

  beforeAll(async () => {
    moto = await startMoto();
    client = new OrganizationsClient(moto.client);
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    client?.destroy();
    await moto?.stop();
  });

  test("cannot be read where there is none", async () => {
    await expect(readOrganization(client)).rejects.toMatchObject({ name: "AWSOrganizationsNotInUseException" });
  });

  test("is read from the root down, each account with its units upwards and its tags, past the first page", async () => {
    await client.send(new CreateOrganizationCommand({ FeatureSet: "ALL" }));
    const root = (await client.send(new ListRootsCommand({}))).Roots?.[0]?.Id ?? "";
    const unit = async (Name: string, ParentId: string) =>
      (await client.send(new CreateOrganizationalUnitCommand({ Name, ParentId }))).OrganizationalUnit?.Id ?? "";
    const prod = await unit("prod", root);
    const payments = await unit("payments", prod);
    const create = async (name: string, parent: string) => {
      const { CreateAccountStatus: status } = await client.send(
        new CreateAccountCommand({ AccountName: name, Email: `${name}@example.com` }),
      );
      const id = status?.AccountId ?? "";
      if (parent !== root) await client.send(new MoveAccountCommand({ AccountId: id, SourceParentId: root, DestinationParentId: parent }));
      return id;
    };
    const ledger = await create("ledger", payments);
    await client.send(new TagResourceCommand({ ResourceId: ledger, Tags: [{ Key: "team", Value: "payments" }] }));
    const web = await create("web", prod);
    const many = [];
    for (let n = 0; n < 25; n++) many.push(await create(`box-${n}`, root));

    const { accounts, ous } = await readOrganization(client);
    expect([...ous].sort()).toEqual([root, prod, payments].sort());
    const byId = new Map(accounts.map((account) => [account.id, account]));
    expect(byId.get(ledger)).toEqual({ id: ledger, name: "ledger", ous: [payments, prod, root], tags: { team: "payments" } });
    expect(byId.get(web)).toEqual({ id: web, name: "web", ous: [prod, root], tags: {} });
    expect([...byId.keys()].sort()).toEqual([ACCOUNT, ledger, web, ...many].sort());
  });
});
