// What makes the page of the local Slack work: it follows the server, presses buttons, fills dialogs and sends commands.
const find = (id) => document.getElementById(id);
const [messages, channels, notice, view, me] = ["messages", "channels", "notice", "view", "me"].map(find);
const place = new URLSearchParams(location.search);
const shown = { messages: "", channels: "", view: "" };

async function send(path, content) {
  notice.textContent = "";
  const headers = { "content-type": "application/json" };
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify({ user: me.value, ...content }) });
  const answer = await response.json();
  if (answer.says !== undefined) notice.textContent = answer.says;
  return answer;
}

let loading;
let again = false;
/** Shows the state of the server; a call during one makes another follow. */
function refresh() {
  again = true;
  loading ??= follow().finally(() => {
    loading = undefined;
  });
  return loading;
}

async function follow() {
  while (again) {
    again = false;
    const response = await fetch(`/state?${place}`);
    show(await response.json());
  }
}

function show(state) {
  find("title").textContent = state.channel;
  if (state.channels !== shown.channels) channels.innerHTML = state.channels;
  if (state.messages !== shown.messages) showMessages(state.messages);
  const { id = "", html = "" } = state.dialog ?? {};
  // An open dialog is left as it is, with what was typed in it.
  if (id !== shown.view) showView(id, html);
  Object.assign(shown, { messages: state.messages, channels: state.channels, view: id });
}

function showMessages(html) {
  const atEnd = messages.scrollHeight - messages.scrollTop - messages.clientHeight < 40;
  const focused = keyOf(document.activeElement);
  messages.innerHTML = html;
  for (const button of messages.querySelectorAll("button")) if (focused !== undefined && keyOf(button) === focused) button.focus();
  if (atEnd) messages.scrollTop = messages.scrollHeight;
}

function keyOf(element) {
  if (!messages.contains(element) || element.dataset.action === undefined) return undefined;
  return [element.closest("article").dataset.ts, element.dataset.action, element.dataset.value].join(" ");
}

function showView(id, html) {
  view.close();
  if (id === "") return;
  view.innerHTML = html;
  for (const field of view.querySelectorAll("[data-seconds]")) {
    const seconds = Number(field.dataset.seconds);
    if (seconds > 0) field.value = localMinute(new Date(seconds * 1000));
  }
  view.showModal();
}

// As <input type="datetime-local"> has it: in the reader's time zone, without one.
function localMinute(date) {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

// Asks first, where the button says so.
function confirmed({ confirmTitle, confirmText, confirmConfirm, confirmDeny, confirmStyle = "primary" }) {
  if (confirmTitle === undefined) return true;
  const dialog = find("confirm");
  find("confirm-title").textContent = confirmTitle;
  find("confirm-text").textContent = confirmText;
  find("confirm-yes").textContent = confirmConfirm;
  find("confirm-yes").className = `button ${confirmStyle}`;
  find("confirm-no").textContent = confirmDeny;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

messages.addEventListener("click", async ({ target }) => {
  const button = target.closest("button[data-action]");
  if (button === null) return;
  const { action, value } = button.dataset;
  if (!(await confirmed(button.dataset))) return;
  button.disabled = true;
  await send("/press", { ts: button.closest("article").dataset.ts, action, value });
  button.disabled = false;
});

view.addEventListener("submit", async (event) => {
  event.preventDefault();
  for (const error of view.querySelectorAll(".error")) error.textContent = "";
  const fields = [...view.querySelectorAll("[name]")];
  const values = Object.fromEntries(fields.map((field) => [field.name, filledIn(field)]));
  const buttons = view.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  const { errors = {}, says = "" } = await send("/submit", { view: shown.view, values });
  for (const button of buttons) button.disabled = false;
  find("view-error").textContent = says;
  for (const field of fields) {
    const error = errors[field.name];
    field.setAttribute("aria-invalid", String(error !== undefined));
    find(`error-${field.name}`).textContent = error ?? "";
  }
});

function filledIn(field) {
  if (field.value === "") return null;
  return field.type === "datetime-local" ? Math.floor(new Date(field.value).getTime() / 1000) : field.value;
}

view.addEventListener("click", ({ target }) => {
  if (target.closest("[data-close]") !== null) send("/close", { view: shown.view });
});
view.addEventListener("cancel", (event) => {
  event.preventDefault();
  send("/close", { view: shown.view });
});

find("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = find("command");
  const { says } = await send("/command", { channel: find("title").textContent, text: field.value });
  if (says === undefined) field.value = "";
});

me.addEventListener("change", () => go({ user: me.value }));
channels.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (link === null) return;
  event.preventDefault();
  go({ channel: link.textContent });
});

function go(where) {
  for (const [key, value] of Object.entries(where)) place.set(key, value);
  history.replaceState(null, "", `?${place}`);
  refresh();
}

if (place.has("user")) me.value = place.get("user");
place.set("user", me.value);
const changes = new EventSource("/events");
changes.addEventListener("message", refresh);
// After a restart of the server it may be another Slack.
changes.addEventListener("open", refresh);
