import * as z from "zod/mini";
import { type Emulator, REGION } from "./emulators.ts";

const Made = z.looseObject({ Id: z.optional(z.string()), VersionNumber: z.optional(z.int()) });

/** An application of AppConfig on MiniStack, whose configuration is replaced at once. */
export class AppConfigApplication {
  private readonly emulator: Emulator;
  private application = "";
  private environment = "";
  private profile = "";
  private strategy = "";

  constructor(emulator: Emulator) {
    this.emulator = emulator;
  }

  /** Makes it, with nothing deployed; resolves to how a source names it. */
  async create(): Promise<string> {
    this.application = await this.make("/applications", { Name: "portcullis" });
    this.environment = await this.make(`/applications/${this.application}/environments`, { Name: "prod" });
    const profile = { Name: "policy", LocationUri: "hosted" };
    this.profile = await this.make(`/applications/${this.application}/configurationprofiles`, profile);
    const atOnce = { Name: "at once", DeploymentDurationInMinutes: 0, FinalBakeTimeInMinutes: 0, GrowthFactor: 100, ReplicateTo: "NONE" };
    this.strategy = await this.make("/deploymentstrategies", atOnce);
    return `appconfig:${this.application}/${this.environment}/${this.profile}`;
  }

  async deploy(document: Uint8Array): Promise<void> {
    const versions = `/applications/${this.application}/configurationprofiles/${this.profile}/hostedconfigurationversions`;
    const { VersionNumber } = await this.post(versions, document, "application/x-yaml");
    await this.make(`/applications/${this.application}/environments/${this.environment}/deployments`, {
      DeploymentStrategyId: this.strategy,
      ConfigurationProfileId: this.profile,
      ConfigurationVersion: String(VersionNumber),
    });
  }

  private async make(path: string, body: object): Promise<string> {
    return (await this.post(path, Buffer.from(JSON.stringify(body)), "application/json")).Id ?? "";
  }

  private async post(path: string, body: Uint8Array, contentType: string): Promise<z.infer<typeof Made>> {
    const { url, client } = this.emulator;
    const scope = `${client.credentials.accessKeyId}/20260302/${REGION}/appconfig/aws4_request`;
    const headers = { "content-type": contentType, authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` };
    const answer = await fetch(`${url}${path}`, { method: "POST", headers, body: new Uint8Array(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`AppConfig answered ${answer.status} on ${path}: ${text}`);
    const json = z.json().safeParse(JSON.parse(answer.headers.get("content-type")?.includes("json") ? text : "{}")).data ?? {};
    const number = answer.headers.get("version-number");
    return Made.parse(number === null ? json : { VersionNumber: Number(number) });
  }
}
