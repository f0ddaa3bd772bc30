import { createHmac } from "node:crypto";
import { type OpenedView, type SlackDesk, type Spot, shownView } from "./slack-desk.ts";
import { isJson, type Json, listOf } from "./slack-elements.ts";
import { APP, type PostedMessage, type SlackWorkspace, shownMessage, TEAM, withIds } from "./slack-workspace.ts";

/** A request as Slack sends it, for tests that forge, replay or age it. */
export interface SlackRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A button by its message and action_id; `value` where several have the same. */
export interface Press {
  readonly ts: string;
  readonly action: string;
  readonly user: string;
  readonly value?: string;
}

export interface Submission {
  /** The id of an opened dialog. */
  readonly view: string;
  readonly user: string;
  /** What is filled in, by block_id or action_id: text, or seconds since the epoch for a moment. */
  readonly values: Readonly<Record<string, string | number | null>>;
}

export interface Command {
  /** What follows /portcullis. */
  readonly text: string;
  readonly user: string;
  /** The name of the channel where it was typed. */
  readonly channel?: string;
}

/** Signs a body as Slack does (https://docs.slack.dev/authentication/verifying-requests-from-slack); `at` in seconds. */
export function signRequest(body: string, secret: string, at: number): SlackRequest {
  const signature = `v0=${createHmac("sha256", secret).update(`v0:${at}:${body}`).digest("hex")}`;
  return {
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
      "x-slack-request-timestamp": String(at),
      "x-slack-signature": signature,
    },
    body,
  };
}

/** The bodies that Slack sends when people press, fill in and type. All throw for what is not there. */
export function createPayloads(workspace: SlackWorkspace, desk: SlackDesk) {
  const person = (id: string) => {
    const user = workspace.users.get(id);
    if (user === undefined) throw new Error(`no user ${id}: add it with addUser`);
    return { id, username: user.name, name: user.name, team_id: TEAM.id };
  };
  const common = (user: string) => ({
    user: person(user),
    api_app_id: APP.id,
    token: "deprecated",
    team: { id: TEAM.id, domain: TEAM.domain },
    enterprise: null,
    is_enterprise_install: false,
    trigger_id: desk.trigger(user),
  });

  const spotOf = ({ user, channel = workspace.channels[0]?.name ?? "#general" }: Command): Spot => ({ user, channel });

  return {
    /** Where a command was typed. */
    spotOf,
    /** https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
    button: (press: Press): string => {
      const { message, block, button } = findButton(workspace, desk, press);
      const channel = workspace.channel(message.channel);
      const thread = message.thread === undefined ? {} : { thread: message.thread };
      const { confirm, ...pressed } = button;
      return payload({
        type: "block_actions",
        ...common(press.user),
        container: {
          type: "message",
          message_ts: message.ts,
          channel_id: channel?.id,
          is_ephemeral: message.ephemeral,
          ...(message.thread !== undefined && { thread_ts: message.thread }),
        },
        channel: { id: channel?.id, name: message.channel.slice(1) },
        ...(!message.ephemeral && { message: shownMessage(message) }),
        state: { values: {} },
        response_url: desk.responseUrl({ user: press.user, channel: message.channel, ...thread }),
        actions: [{ ...pressed, block_id: block, action_ts: workspace.nextTs() }],
      });
    },
    /** https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload */
    dialog: ({ view: id, user, values }: Submission): string => {
      const opened = desk.views.find((one) => one.id === id);
      if (opened === undefined) throw new Error(`no dialog ${id} was opened`);
      return payload({ type: "view_submission", ...common(user), view: shownView(opened, stateOf(opened, values)), response_urls: [] });
    },
    /** https://docs.slack.dev/interactivity/implementing-slash-commands */
    command: (command: Command): string => {
      const { user, channel: name } = spotOf(command);
      const channel = workspace.channel(name);
      return new URLSearchParams({
        token: "deprecated",
        team_id: TEAM.id,
        team_domain: TEAM.domain,
        channel_id: channel?.id ?? "",
        channel_name: name.slice(1),
        user_id: user,
        user_name: person(user).name,
        command: "/portcullis",
        text: command.text,
        api_app_id: APP.id,
        is_enterprise_install: "false",
        response_url: desk.responseUrl({ user, channel: name }),
        trigger_id: desk.trigger(user),
      }).toString();
    },
  };
}

function payload(content: Json): string {
  return new URLSearchParams({ payload: JSON.stringify(content) }).toString();
}

function findButton(workspace: SlackWorkspace, desk: SlackDesk, { ts, action, value }: Press) {
  const answer = desk.answers.find((one) => one.ts === ts);
  const posted: PostedMessage | undefined = workspace.message(ts) ?? answer;
  if (posted === undefined) throw new Error(`no message ${ts}`);
  const message = { ...posted, ephemeral: workspace.message(ts) === undefined };
  for (const block of withIds(message.blocks)) {
    if (!isJson(block)) continue;
    const button = [...listOf(block.elements), block.accessory]
      .filter(isJson)
      .find((one) => one.type === "button" && one.action_id === action && (value === undefined || one.value === value));
    if (button !== undefined) return { message, block: block.block_id, button };
  }
  throw new Error(`message ${ts} has no button ${action}${value === undefined ? "" : ` with the value ${value}`}`);
}

// view.state.values: block_id -> action_id -> what was filled in.
function stateOf(opened: OpenedView, values: Submission["values"]): Json {
  const inputs = listOf(shownView(opened).blocks)
    .filter(isJson)
    .filter(({ type }) => type === "input");
  return Object.fromEntries(
    inputs.map(({ block_id: block, element }) => {
      if (!isJson(element)) throw new Error(`the input ${String(block)} has no element`);
      const action = String(element.action_id ?? `${String(block)}-action`);
      const given = values[String(block)] ?? values[action] ?? null;
      const filled = element.type === "datetimepicker" ? { selected_date_time: given } : { value: given };
      return [String(block), { [action]: { type: element.type, ...filled } }];
    }),
  );
}
