import { Readable } from "node:stream";
import type { AppConfigDataClientConfig } from "@aws-sdk/client-appconfigdata";
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import type { SSMClientConfig } from "@aws-sdk/client-ssm";
import { type Delivered, LARGEST_POLICY, type PolicySource } from "../policy/delivered.ts";
import type { SourceName } from "../policy/source-name.ts";

type Settings = SSMClientConfig & S3ClientConfig & AppConfigDataClientConfig;
type Read = (signal: AbortSignal) => Promise<Delivered>;
type Named<Kind extends SourceName["kind"]> = Extract<SourceName, { kind: Kind }>;

// A read ends after two seconds; a connection that hangs leaves time for another.
const PATIENCE = { maxAttempts: 2, requestHandler: { connectionTimeout: 800, requestTimeout: 1_500, throwOnRequestTimeout: true } };
/** What AWS lets one ask for a configuration again (seconds). */
const SHORTEST_POLL = 15;
const HINTS = {
  ssm: "does it exist, and may this function read it (ssm:GetParameter)?",
  s3: "does it exist, and may this function read it (s3:GetObject)?",
  appconfig:
    "was it deployed, and may this function read it (appconfig:StartConfigurationSession, appconfig:GetLatestConfiguration)? IAM knows application, environment and profile by their ids only",
};

/**
 * The source that is called `name`, read as `source` says. Each client is loaded by its first read. Throws an error that says
 * what AWS answered and what to look at.
 */
export function policySourceIn(name: string, source: SourceName, settings: Settings = {}): PolicySource {
  const read = readerOf(source, { ...PATIENCE, ...settings });
  return {
    name,
    read: async (signal) => {
      try {
        return await read(signal);
      } catch (error) {
        const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        throw new Error(`${name} could not be read: ${said}; ${HINTS[source.kind]}`, { cause: error });
      }
    },
  };
}

function readerOf(source: SourceName, settings: Settings): Read {
  if (source.kind === "ssm") return parameterReader(source, settings);
  return source.kind === "s3" ? objectReader(source, settings) : configurationReader(source, settings);
}

function parameterReader({ parameter }: Named<"ssm">, settings: Settings): Read {
  const loaded = once(async () => {
    const { GetParameterCommand, SSMClient } = await import("@aws-sdk/client-ssm");
    return { client: new SSMClient(settings), command: new GetParameterCommand({ Name: parameter, WithDecryption: true }) };
  });
  return async (abortSignal) => {
    const { client, command } = await loaded();
    const { Parameter: found } = await client.send(command, { abortSignal });
    return { bytes: Buffer.from(found?.Value ?? ""), ...(found?.Version !== undefined && { revision: String(found.Version) }) };
  };
}

function objectReader({ bucket, key }: Named<"s3">, settings: Settings): Read {
  const loaded = once(async () => {
    const { GetObjectCommand, S3Client } = await import("@aws-sdk/client-s3");
    // The bucket may be in another region.
    const client = new S3Client({ followRegionRedirects: true, ...settings });
    return { client, command: new GetObjectCommand({ Bucket: bucket, Key: key }) };
  });
  return async (abortSignal) => {
    const { client, command } = await loaded();
    const { Body: body, ContentLength: length = 0, VersionId, ETag } = await client.send(command, { abortSignal });
    if (length > LARGEST_POLICY) {
      if (body instanceof Readable) body.destroy();
      throw new RangeError(`the object has ${length} bytes, expected at most ${LARGEST_POLICY}`);
    }
    const revision = VersionId ?? ETag;
    return { bytes: (await body?.transformToByteArray()) ?? new Uint8Array(), ...(revision !== undefined && { revision }) };
  };
}

// A session hands a configuration out once, and then only what has changed; each answer brings the token of the next question.
function configurationReader({ application, environment, profile }: Named<"appconfig">, settings: Settings): Read {
  const loaded = once(async () => {
    const sdk = await import("@aws-sdk/client-appconfigdata");
    return { sdk, client: new sdk.AppConfigDataClient(settings) };
  });
  let session: { readonly token: string | undefined; readonly delivered: Delivered } | undefined;
  return async (abortSignal) => {
    const { sdk, client } = await loaded();
    const standing = session;
    // A token is good for one question: after one that failed, a new session begins.
    session = undefined;
    const begin = async () => {
      const named = { ApplicationIdentifier: application, EnvironmentIdentifier: environment, ConfigurationProfileIdentifier: profile };
      const command = new sdk.StartConfigurationSessionCommand({ ...named, RequiredMinimumPollIntervalInSeconds: SHORTEST_POLL });
      return (await client.send(command, { abortSignal })).InitialConfigurationToken;
    };
    const ConfigurationToken = standing?.token ?? (await begin());
    const answer = await client.send(new sdk.GetLatestConfigurationCommand({ ConfigurationToken }), { abortSignal });
    const bytes = answer.Configuration ?? new Uint8Array();
    const changed = { bytes, ...(answer.VersionLabel !== undefined && { revision: answer.VersionLabel }) };
    const delivered = bytes.length === 0 && standing !== undefined ? standing.delivered : changed;
    session = { token: answer.NextPollConfigurationToken, delivered };
    return delivered;
  };
}

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
