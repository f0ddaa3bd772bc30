import { createServer } from "node:http";
import { close, listen } from "./ec2-recorder.ts";
import { createDesk, type OpenedView, type SlackAnswer } from "./slack-desk.ts";
import { isJson, type Json } from "./slack-elements.ts";
import { createFront } from "./slack-front.ts";
import { type Command, createPayloads, type Press, type SlackRequest, type Submission, signRequest } from "./slack-interactivity.ts";
import { webMethods } from "./slack-methods.ts";
import { createWorkspace, type PostedMessage, type SlackUser } from "./slack-workspace.ts";

export type { PostedMessage, SlackUser } from "./slack-workspace.ts";

export interface SlackServerSettings {
  /** Milliseconds since the epoch, for message ids, triggers, signatures and the pace. */
  readonly now?: () => number;
  /** Milliseconds that the app may take to answer, and that a trigger lives; Slack's three seconds unless set. */
  readonly patience?: number;
  readonly signingSecret?: string;
  /** Where buttons, dialogs and commands are sent; `connect` sets it later. */
  readonly requestUrl?: string;
}

/** The app's answer to a button, a dialog or a command; without a status, the reason why none came in time. */
export type Answered = { readonly status: number; readonly body: string } | { readonly status?: undefined; readonly problem: string };

export type SlackServer = Awaited<ReturnType<typeof start>>;

const SIGNING_SECRET = "local-signing-secret";

/** Starts a local Slack on a free port of the loopback interface: the calls that Portcullis makes, with Slack's documented limits. */
export async function start(settings: SlackServerSettings = {}) {
  const { now = Date.now, patience = 3000, signingSecret = SIGNING_SECRET } = settings;
  let requestUrl = settings.requestUrl;
  let address = "";
  const workspace = createWorkspace(now);
  const desk = createDesk(workspace, { now, patience, address: () => address });
  const payloads = createPayloads(workspace, desk);
  const front = createFront({ now, methods: { ...webMethods(workspace), "views.open": desk.openView }, respond: desk.respond });
  const server = createServer(front.listener);
  address = await listen(server);

  const sign = (body: string): SlackRequest => signRequest(body, signingSecret, Math.floor(now() / 1000));
  const buttonRequest = (press: Press): SlackRequest => sign(payloads.button(press));
  const dialogRequest = (submission: Submission): SlackRequest => sign(payloads.dialog(submission));
  const commandRequest = (command: Command): SlackRequest => sign(payloads.command(command));
  const deliver = ({ headers, body }: SlackRequest): Promise<Answered> => {
    if (requestUrl === undefined) throw new Error("nothing answers: no request URL is set");
    return post(requestUrl, { headers, body }, patience);
  };

  return {
    ...front.controls,
    /** What SLACK_API_URL should be. */
    url: `${address}/api/`,
    signingSecret,
    /** Every message in every channel and thread, as it stands now, the oldest first. */
    messages: workspace.messages satisfies readonly PostedMessage[],
    /** The dialogs that were opened. */
    views: desk.views satisfies readonly OpenedView[],
    /** What came to response_urls, and the immediate answers to commands. */
    answers: desk.answers satisfies readonly SlackAnswer[],
    channels: workspace.channels,
    users: workspace.users,

    /** The messages of a channel that are in no thread. */
    parentsIn: (channel: string) => workspace.messages.filter((one) => one.channel === channel && one.thread === undefined),
    /** The answers in the thread of a message. */
    threadOf: ({ ts }: { readonly ts: string }) => workspace.messages.filter(({ thread }) => thread === ts),
    /** What a message said before each of its edits. */
    editsOf: ({ ts }: { readonly ts: string }) => workspace.editsOf(ts),
    /** Is told after every message, edit, dialog and answer. */
    onChange: workspace.onChange,

    addUser: (user: SlackUser) => void workspace.users.set(user.id, user),
    /** Sets the members of a user group (S...). */
    setGroup: (id: string, members: readonly string[]) => void workspace.groups.set(id, members),
    /** Where buttons, dialogs and commands are sent from now on. */
    connect: (url: string | undefined) => {
      requestUrl = url;
    },
    isConnected: () => requestUrl !== undefined,

    buttonRequest,
    dialogRequest,
    commandRequest,
    /** Sends a request to the app and waits for its answer. */
    deliver,
    pressButton: async (press: Press) => deliver(buttonRequest(press)),
    /** Submits a dialog. It closes unless the app names errors or does not answer. */
    submitDialog: async (submission: Submission): Promise<Answered> => {
      const answered = await deliver(dialogRequest(submission));
      if (answered.status === 200 && contentOf(answered.body).response_action !== "errors") desk.close(submission.view);
      return answered;
    },
    /** Closes a dialog without submitting it: Slack tells the app only where the view asks for that. */
    closeDialog: desk.close,
    /** Runs /portcullis. Text or a message in the answer is shown at once. */
    command: async (command: Command): Promise<Answered> => {
      const answered = await deliver(commandRequest(command));
      if (answered.status === 200 && answered.body !== "") desk.answer(payloads.spotOf(command), contentOf(answered.body));
      return answered;
    },
    close: () => close(server),
  };
}

async function post(url: string, { headers, body }: SlackRequest, patience: number): Promise<Answered> {
  const signal = AbortSignal.timeout(patience);
  try {
    const response = await fetch(url, { method: "POST", headers, body, signal });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    return { problem: signal.aborted ? "operation_timeout" : `dispatch_failed: ${error}` };
  }
}

// An answer in JSON, or plain text that is shown.
function contentOf(body: string): Json {
  try {
    const parsed: unknown = JSON.parse(body);
    if (isJson(parsed)) return parsed;
  } catch {
    // Not JSON: text.
  }
  return { text: body };
}
