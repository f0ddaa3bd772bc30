import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  type EC2Client,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { type Ec2, Ec2Error, type RevokeAnswer } from "../../guard/ports.ts";
import type { Kind, NetworkFacts } from "../../model/facts.ts";
import type { NetworkRemedy } from "../../model/remedy.ts";
import { type SecurityGroupRule, valueKey } from "../../model/security-group-rule.ts";
import type { Where } from "../../model/world.ts";
import { asEc2Error, asking, isPermitted } from "./ec2-errors.ts";
import { fromPermission, fromRevoked, toPermission } from "./ec2-permissions.ts";
import { type GroupReaders, groupReaders } from "./ec2-reads.ts";
import { noteLostAnswers } from "./lost-answers.ts";
import type { Network } from "./network.ts";
import type { Reader } from "./reader.ts";

/** The Ec2 port over the EC2 API. */
export class Ec2Api implements Ec2 {
  private readonly client: EC2Client;
  private readonly readers: GroupReaders;
  private loaded: Promise<Network> | undefined;

  constructor(client: EC2Client) {
    this.client = client;
    noteLostAnswers(client);
    this.readers = groupReaders(client);
  }

  async get<K extends Kind>(kind: K, id: string): Promise<NetworkFacts[K] | undefined> {
    return (await this.reader(kind)).get(id);
  }

  async list<K extends Kind>(kind: K, where: Where): Promise<readonly NetworkFacts[K][]> {
    return (await this.reader(kind)).list(where);
  }

  async carryOut(remedy: NetworkRemedy): Promise<NetworkRemedy | undefined> {
    return (await this.network()).carryOut(remedy);
  }

  async mayCarryOut(remedy: NetworkRemedy): Promise<void> {
    return (await this.network()).mayCarryOut(remedy);
  }

  private async reader<K extends Kind>(kind: K): Promise<Reader<K>> {
    return readerIn(this.readers, kind) ?? (await this.network()).readers[kind];
  }

  // All that closing a security group does not need is loaded when it is asked for.
  private network(): Promise<Network> {
    this.loaded ??= import("./network.ts").then(({ networkOver }) => networkOver(this.client, this.readers));
    return this.loaded;
  }

  async revoke(group: string, rules: readonly SecurityGroupRule[]): Promise<RevokeAnswer> {
    const answer = await asking(() => this.sendRevoke(group, rules));
    if (answer.Return === false && (answer.UnknownIpPermissions ?? []).length === 0) {
      throw new Ec2Error("other", "ReturnFalse", "EC2 answered Return=false to the revocation and named no permission");
    }
    const unknown = new Set(
      (answer.UnknownIpPermissions ?? []).flatMap((permission) => fromPermission(permission, "ingress")).map(answerKey),
    );
    const revoked = new Map((answer.RevokedSecurityGroupRules ?? []).map(fromRevoked).map((rule) => [answerKey(rule), rule]));
    return {
      ...(revoked.size > 0 && {
        revoked: rules.flatMap((rule) => {
          const gone = revoked.get(answerKey(rule));
          // EC2 knows the description of what it took; the record of a call that modified the rule may not.
          return gone === undefined ? [] : [{ ...rule, ...(gone.description !== undefined && { description: gone.description }) }];
        }),
      }),
      unknown: rules.filter((rule) => unknown.has(answerKey(rule))),
    };
  }

  async authorize(group: string, rules: readonly SecurityGroupRule[]): Promise<void> {
    // One call tags all rules that it makes alike, so rules with different tags take a call each.
    const made: SecurityGroupRule[] = [];
    for (const alike of Map.groupBy(rules, ({ tags }) => JSON.stringify(tags ?? {})).values()) {
      try {
        await asking<unknown>(() => this.sendAuthorize(group, alike));
      } catch (error) {
        // All or nothing, as one call is: what the caller is told of as refused must not stay open.
        if (made.length > 0) await this.revoke(group, made);
        throw error;
      }
      made.push(...alike);
    }
  }

  async mayRevoke(group: string, rules: readonly SecurityGroupRule[]): Promise<void> {
    try {
      await this.sendRevoke(group, rules, { DryRun: true });
    } catch (error) {
      if (isPermitted(error)) return;
      throw asEc2Error(error);
    }
  }

  private sendAuthorize(group: string, rules: readonly SecurityGroupRule[]) {
    const Tags = Object.entries(rules[0]?.tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
    const request = {
      GroupId: group,
      IpPermissions: rules.map(toPermission),
      ...(Tags.length > 0 && { TagSpecifications: [{ ResourceType: "security-group-rule" as const, Tags }] }),
    };
    return isEgress(rules)
      ? this.client.send(new AuthorizeSecurityGroupEgressCommand(request))
      : this.client.send(new AuthorizeSecurityGroupIngressCommand(request));
  }

  private sendRevoke(group: string, rules: readonly SecurityGroupRule[], options: { DryRun?: true } = {}) {
    const request = { GroupId: group, IpPermissions: rules.map(toPermission), ...options };
    return isEgress(rules)
      ? this.client.send(new RevokeSecurityGroupEgressCommand(request))
      : this.client.send(new RevokeSecurityGroupIngressCommand(request));
  }
}

function readerIn<K extends Kind>(readers: Partial<{ readonly [Of in Kind]: Reader<Of> }>, kind: K): Reader<K> | undefined {
  return readers[kind];
}

function isEgress([rule]: readonly SecurityGroupRule[]): boolean {
  return rule?.direction === "egress";
}

/** The value without the account of a group: answers to a revoke name the group alone, or its owner whoever that is. */
function answerKey({ peer, ...rule }: SecurityGroupRule): string {
  return valueKey({ ...rule, peer: peer.kind === "group" ? { kind: "group", id: peer.id } : peer });
}
