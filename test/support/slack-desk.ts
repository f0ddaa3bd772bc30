import { isJson, type Json } from "./slack-elements.ts";
import { accepted, type Reply, refused } from "./slack-http.ts";
import { refuseView } from "./slack-limits.ts";
import { contentOf } from "./slack-methods.ts";
import { APP, type SlackWorkspace, TEAM, withIds } from "./slack-workspace.ts";

const ANSWERS_MAX = 5;
const ANSWERS_FOR = 30 * 60_000;

/** A dialog that was opened. */
export interface OpenedView {
  readonly id: string;
  readonly user: string;
  /** As it was sent to views.open. */
  readonly view: Json;
  /** Whether it still stands before its user. */
  readonly open: boolean;
}

/** What came to a response_url, or as the immediate answer to a command. */
export interface SlackAnswer {
  readonly user: string;
  /** The name of the channel. */
  readonly channel: string;
  readonly ts: string;
  /** The thread in which it is shown. */
  readonly thread?: string;
  readonly text: string;
  readonly blocks: readonly unknown[];
  readonly kind: "ephemeral" | "in_channel";
  /** The response_url; undefined for the immediate answer. */
  readonly answerTo?: string;
}

/** Where somebody pressed or typed something. */
export interface Spot {
  readonly user: string;
  readonly channel: string;
  readonly thread?: string;
}

export type SlackDesk = ReturnType<typeof createDesk>;

/** Triggers, dialogs and response_urls. A trigger lives for `patience` milliseconds: with Slack three seconds. */
export function createDesk(
  workspace: SlackWorkspace,
  { now, patience, address }: { readonly now: () => number; readonly patience: number; readonly address: () => string },
) {
  const triggers = new Map<string, { user: string; until: number; used: boolean }>();
  const responses = new Map<string, Spot & { until: number; left: number }>();
  const views: OpenedView[] = [];
  const answers: SlackAnswer[] = [];
  let made = 0;

  function openView({ trigger_id: id, view }: Json): Reply {
    const trigger = typeof id === "string" ? triggers.get(id) : undefined;
    if (trigger === undefined) return refused("invalid_trigger_id");
    if (trigger.used) return refused("exchanged_trigger_id");
    if (now() > trigger.until) return refused("expired_trigger_id");
    const refusal = refuseView(view);
    if (refusal !== undefined || !isJson(view)) return refused(refusal?.error ?? "invalid_arguments", refusal?.messages);
    trigger.used = true;
    const opened = { id: `V0LOCAL${++made}`, user: trigger.user, view, open: true };
    views.push(opened);
    workspace.changed();
    return accepted({ view: shownView(opened) });
  }

  function answer(spot: Spot, content: Json, answerTo?: string): Reply {
    if (content.replace_original !== undefined && content.replace_original !== false) return unsupported("replace_original");
    if (content.delete_original !== undefined && content.delete_original !== false) return unsupported("delete_original");
    const taken = contentOf(content);
    // What the Web API refuses with status 200, a response_url refuses with 400.
    if ("status" in taken) return { ...taken, status: 400 };
    const kind = content.response_type === "in_channel" ? "in_channel" : "ephemeral";
    const said = { ...spot, ts: workspace.nextTs(), ...taken, kind, ...(answerTo !== undefined && { answerTo }) } as const;
    answers.push(said);
    if (kind === "in_channel") {
      workspace.post({ channel: spot.channel, ...taken, ...(spot.thread !== undefined && { thread: spot.thread }) });
    } else workspace.changed();
    return { status: 200, body: "ok" };
  }

  return {
    views,
    answers,
    /** views.open. */
    openView,
    /** A trigger for what this user did just now. */
    trigger: (user: string): string => {
      const id = `${++made}.${now()}.local`;
      triggers.set(id, { user, until: now() + patience, used: false });
      return id;
    },
    /** A response_url for what was done there. */
    responseUrl: (spot: Spot): string => {
      const id = String(++made);
      responses.set(id, { ...spot, until: now() + ANSWERS_FOR, left: ANSWERS_MAX });
      return `${address()}/response/${id}`;
    },
    /** Takes what is posted to a response_url. */
    respond: (id: string, content: Json): Reply => {
      const response = responses.get(id);
      if (response === undefined || now() > response.until) return { status: 404, body: { ok: false, error: "expired_url" } };
      if (response.left === 0) return { status: 404, body: { ok: false, error: "used_url" } };
      response.left--;
      const { user, channel, thread } = response;
      return answer({ user, channel, ...(thread !== undefined && { thread }) }, content, `${address()}/response/${id}`);
    },
    answer,
    /** Closes a dialog, or leaves it when it is closed already. */
    close: (id: string): void => {
      const index = views.findIndex((one) => one.id === id);
      const view = views[index];
      if (view === undefined) return;
      views[index] = { ...view, open: false };
      workspace.changed();
    },
  };
}

function unsupported(what: string): Reply {
  return { status: 400, body: { ok: false, error: `unsupported_here: ${what}` } };
}

/** A dialog as the Web API and payloads show it, with the values that were filled in. */
export function shownView({ id, view }: OpenedView, values: Json = {}): Json {
  const blocks = Array.isArray(view.blocks) ? view.blocks : [];
  return {
    private_metadata: "",
    callback_id: "",
    close: null,
    submit: null,
    clear_on_close: false,
    notify_on_close: false,
    ...view,
    id,
    team_id: TEAM.id,
    app_id: APP.id,
    bot_id: APP.bot,
    app_installed_team_id: TEAM.id,
    root_view_id: id,
    previous_view_id: null,
    external_id: "",
    hash: `1.${id}`,
    blocks: withIds(blocks),
    state: { values },
  };
}
