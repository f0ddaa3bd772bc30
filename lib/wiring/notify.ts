import { readBotToken } from "../aws/secrets.ts";
import type { Log, NotifyPorts } from "../guard/notify-ports.ts";
import { slackMessenger } from "../slack/client.ts";

/** What the environment says about Slack. */
export interface NotifyEnvironment {
  /** The name or arn of the secret with the bot token. */
  readonly SLACK_BOT_TOKEN_SECRET?: string | undefined;
  readonly SLACK_CHANNEL?: string | undefined;
  readonly SLACK_API_URL?: string | undefined;
}

/** The ports for notifying. Without a token's secret there is no messenger, and the log says so once. */
export function notifyPorts(env: NotifyEnvironment, log: Log): NotifyPorts {
  // An empty value is how a template says that a parameter was not given.
  const { SLACK_BOT_TOKEN_SECRET: secret = "", SLACK_CHANNEL: channel = "", SLACK_API_URL: url = "" } = env;
  if (secret === "") {
    log.warn("Decisions go to this log only: set SLACK_BOT_TOKEN_SECRET to the name of a secret with a Slack bot token", {});
  }
  return {
    log,
    ...(channel !== "" && { channel }),
    ...(secret !== "" && { messenger: slackMessenger({ token: () => readBotToken(secret), ...(url !== "" && { url }) }) }),
  };
}
