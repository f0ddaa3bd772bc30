import {
  CreateManagedPrefixListCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  EC2Client,
  ModifyManagedPrefixListCommand,
} from "@aws-sdk/client-ec2";
import { Ec2Api } from "../../lib/aws/ec2/ec2.ts";
import { testEc2Contract } from "../support/ec2-contract.ts";
import { startEc2Recorder } from "../support/ec2-recorder.ts";
import { describeOnEmulators } from "../support/emulator-suite.ts";
import { startMoto } from "../support/emulators.ts";

// moto 5.2 fails with an HTML error page on a protocol that has no ports.
const NOT_IN_MOTO = ["esp from 192.0.2.1/32"];

describeOnEmulators("the Ec2 port on the EC2 API (moto)", () => {
  testEc2Contract(async () => {
    const moto = await startMoto();
    const recorder = await startEc2Recorder(moto.url);
    const client = new EC2Client(moto.client);
    const tested = new EC2Client({ ...moto.client, endpoint: recorder.url });
    const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
    let made = 0;
    return {
      ec2: new Ec2Api(tested),
      createGroup: async () => {
        const name = `group-${++made}`;
        const group = await client.send(new CreateSecurityGroupCommand({ GroupName: name, Description: name, VpcId: Vpc?.VpcId }));
        return group.GroupId ?? "";
      },
      createPrefixList: async (cidrs) => {
        const entries = cidrs.map((Cidr) => ({ Cidr }));
        const { PrefixList } = await client.send(
          new CreateManagedPrefixListCommand({
            PrefixListName: `list-${++made}`,
            AddressFamily: "IPv4",
            MaxEntries: 1000,
            Entries: entries.slice(0, 100),
          }),
        );
        // EC2 takes at most 100 entries a call.
        for (let from = 100, version = 1; from < entries.length; from += 100, version++) {
          await client.send(
            new ModifyManagedPrefixListCommand({
              PrefixListId: PrefixList?.PrefixListId,
              CurrentVersion: version,
              AddEntries: entries.slice(from, from + 100),
            }),
          );
        }
        return PrefixList?.PrefixListId ?? "";
      },
      close: async () => {
        client.destroy();
        tested.destroy();
        await recorder.close();
        await moto.stop();
      },
    };
  }, NOT_IN_MOTO);
});
