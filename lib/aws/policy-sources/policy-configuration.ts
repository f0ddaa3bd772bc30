import {
  AppConfigDataClient,
  type AppConfigDataClientConfig,
  GetLatestConfigurationCommand,
  StartConfigurationSessionCommand,
} from "@aws-sdk/client-appconfigdata";
import type { Delivered } from "../../policy/delivered.ts";

/** A configuration of AppConfig, by names or ids. */
interface Configuration {
  readonly application: string;
  readonly environment: string;
  readonly profile: string;
}

/** The least that AWS lets one wait between two questions (seconds). */
const SHORTEST_POLL = 15;

/**
 * Reads a policy in a configuration of AppConfig; its revision is the version's label. A session hands a configuration out once,
 * and then only what has changed; each answer brings the token of the next question. Throws the SDK's errors.
 */
export function configurationReader({ application, environment, profile }: Configuration, settings: AppConfigDataClientConfig) {
  const client = new AppConfigDataClient(settings);
  const start = new StartConfigurationSessionCommand({
    ApplicationIdentifier: application,
    EnvironmentIdentifier: environment,
    ConfigurationProfileIdentifier: profile,
    RequiredMinimumPollIntervalInSeconds: SHORTEST_POLL,
  });
  let session: { readonly token: string | undefined; readonly delivered: Delivered } | undefined;
  return async (abortSignal: AbortSignal): Promise<Delivered> => {
    const standing = session;
    // A token is good for one question: after one that failed, a new session begins.
    session = undefined;
    const ConfigurationToken = standing?.token ?? (await client.send(start, { abortSignal })).InitialConfigurationToken;
    const answer = await client.send(new GetLatestConfigurationCommand({ ConfigurationToken }), { abortSignal });
    const { Configuration, VersionLabel: revision } = answer;
    // The SDK says null where its types say undefined.
    const bytes = Configuration ?? new Uint8Array();
    const isUnchanged = bytes.length === 0 && standing?.token !== undefined;
    const delivered = isUnchanged ? standing.delivered : { bytes, ...(revision !== undefined && { revision }) };
    session = { token: answer.NextPollConfigurationToken, delivered };
    return delivered;
  };
}
