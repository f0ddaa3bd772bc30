import { createServer } from "node:http";
import { close, listen } from "./ec2-recorder.ts";

/** What groups an account and region has, and who owns them. */
export interface PagedEc2Options {
  readonly groups: number;
  readonly account: string;
}

export interface PagedEc2 {
  readonly url: string;
  /** Names of the calls in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Rules of each group: everything out, and SSH in from a private network. */
export const RULES_EACH = 2;

/**
 * Starts an EC2 that has groups with two lawful rules each and nothing else, and gives them in pages as the API reference says
 * (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html), where moto answers everything at once.
 */
export async function startPagedEc2({ groups, account }: PagedEc2Options): Promise<PagedEc2> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      body += part;
    });
    request.once("end", () => {
      const parameters = new URLSearchParams(body);
      const action = parameters.get("Action") ?? "";
      asked.push(action);
      response.end(answerTo(action, parameters));
    });
  });
  const url = await listen(server);
  return { url, asked, close: () => close(server) };

  function answerTo(action: string, parameters: URLSearchParams): string {
    if (action === "DescribeSecurityGroups") return page(parameters, "securityGroupInfo", groups, group);
    if (action === "DescribeSecurityGroupRules") {
      return page(parameters, "securityGroupRuleSet", groups * RULES_EACH, (n) => rule(Math.floor(n / RULES_EACH), n % RULES_EACH === 0));
    }
    return `<${action}Response/>`;
  }

  function group(n: number): string {
    return `<groupId>sg-${n}</groupId><ownerId>${account}</ownerId><vpcId>vpc-1</vpcId>`;
  }

  function rule(of: number, isEgress: boolean): string {
    const ports = isEgress ? ["-1", "-1", "-1"] : ["tcp", "22", "22"];
    const [protocol, from, to] = ports;
    return `<securityGroupRuleId>sgr-${of}-${isEgress ? 1 : 2}</securityGroupRuleId><groupId>sg-${of}</groupId><groupOwnerId>${account}</groupOwnerId><isEgress>${isEgress}</isEgress><ipProtocol>${protocol}</ipProtocol><fromPort>${from}</fromPort><toPort>${to}</toPort><cidrIpv4>${isEgress ? "0.0.0.0/0" : "10.0.0.0/8"}</cidrIpv4>`;
  }
}

function page(parameters: URLSearchParams, list: string, count: number, item: (n: number) => string): string {
  const size = Number(parameters.get("MaxResults") ?? count);
  const start = Number(parameters.get("NextToken") ?? 0);
  const next = start + size < count ? `<nextToken>${start + size}</nextToken>` : "";
  const shown = Array.from({ length: Math.min(size, count - start) }, (_, n) => `<item>${item(start + n)}</item>`);
  return `<${parameters.get("Action")}Response><${list}>${shown.join("")}</${list}>${next}</${parameters.get("Action")}Response>`;
}
