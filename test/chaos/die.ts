// Loaded into every function of a chaos run before its own code: has the process die at once where an answer says so (faults.ts).
import { subscribe } from "node:diagnostics_channel";

const DIE = "x-chaos-die";

subscribe("http.client.response.finish", (message) => {
  if (has(message, "response") && has(message.response, "headers") && has(message.response.headers, DIE)) die();
});
// fetch hands over its headers as names and values in turn.
subscribe("undici:request:headers", (message) => {
  if (!has(message, "response") || !has(message.response, "headers") || !Array.isArray(message.response.headers)) return;
  if (message.response.headers.some((part: unknown) => String(part) === DIE)) die();
});

function die(): void {
  process.kill(process.pid, "SIGKILL");
}

function has<Name extends string>(value: unknown, name: Name): value is Record<Name, unknown> {
  return typeof value === "object" && value !== null && name in value;
}
