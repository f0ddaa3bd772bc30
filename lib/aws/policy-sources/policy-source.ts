import type { AppConfigDataClientConfig } from "@aws-sdk/client-appconfigdata";
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import type { SSMClientConfig } from "@aws-sdk/client-ssm";
import type { Delivered, PolicySource } from "../../policy/delivered.ts";
import type { SourceName } from "../../policy/source-name.ts";

type Settings = SSMClientConfig & S3ClientConfig & AppConfigDataClientConfig;
type Read = (signal: AbortSignal) => Promise<Delivered>;

// A read ends after two seconds; a connection that hangs leaves time for another.
const PATIENCE = { maxAttempts: 2, requestHandler: { connectionTimeout: 800, requestTimeout: 1_500, throwOnRequestTimeout: true } };
const APPCONFIG = "appconfig:StartConfigurationSession and appconfig:GetLatestConfiguration";
const HINTS = {
  ssm: "does it exist, and may this function read it (ssm:GetParameter)?",
  s3: "does it exist, and may this function read it (s3:GetObject)?",
  appconfig: `was it deployed, and may this function read it (${APPCONFIG})? IAM knows application, environment and profile by their ids only`,
};

/** The source that is called `name`. Its errors say what AWS answered and what to look at. */
export function policySourceIn(name: string, source: SourceName, settings: Settings = {}): PolicySource {
  let reader: Promise<Read> | undefined;
  return {
    name,
    read: async (signal) => {
      try {
        reader ??= readerOf(source, { ...PATIENCE, ...settings });
        return await (await reader)(signal);
      } catch (error) {
        const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        throw new Error(`${name} could not be read: ${said}; ${HINTS[source.kind]}`, { cause: error });
      }
    },
  };
}

// Each client is loaded where it is named, and with it no more of its SDK than is used.
async function readerOf(source: SourceName, settings: Settings): Promise<Read> {
  switch (source.kind) {
    case "ssm":
      return (await import("./policy-parameter.ts")).parameterReader(source, settings);
    case "s3":
      return (await import("./policy-object.ts")).objectReader(source, settings);
    case "appconfig":
      return (await import("./policy-configuration.ts")).configurationReader(source, settings);
  }
}
