import { isJson, type Json, listOf } from "./slack-elements.ts";
import { escapeHtml, markupToHtml, type Reader } from "./slack-markup.ts";

/** One block of a message or a dialog as HTML; what is not known is shown as JSON. Everything in it is escaped. */
export function renderBlock(block: unknown, reader: Reader = {}): string {
  if (!isJson(block)) return unknownBlock(block);
  switch (block.type) {
    case "header":
      return `<h2>${renderText(block.text, reader)}</h2>`;
    case "section":
      return renderSection(block, reader);
    case "context":
      return `<div class="context">${listOf(block.elements)
        .map((element) => `<div>${renderText(element, reader)}</div>`)
        .join("")}</div>`;
    case "actions":
      return `<div class="actions">${listOf(block.elements).map(renderButton).join("")}</div>`;
    case "divider":
      return "<hr>";
    case "input":
      return renderInput(block);
    default:
      return unknownBlock(block);
  }
}

function renderText(value: unknown, reader: Reader = {}): string {
  if (!isJson(value) || typeof value.text !== "string") return unknownBlock(value);
  return value.type === "mrkdwn" ? markupToHtml(value.text, reader) : escapeHtml(value.text);
}

function renderSection({ text, fields, accessory }: Json, reader: Reader): string {
  const said = text === undefined ? "" : `<div class="text">${renderText(text, reader)}</div>`;
  const cells = listOf(fields).map((field) => `<div>${renderText(field, reader)}</div>`);
  const table = cells.length === 0 ? "" : `<div class="fields">${cells.join("")}</div>`;
  return `<div class="section">${said}${table}${accessory === undefined ? "" : renderButton(accessory)}</div>`;
}

function renderButton(value: unknown): string {
  if (!isJson(value)) return unknownBlock(value);
  const style = value.style === "primary" || value.style === "danger" ? ` ${value.style}` : "";
  const data = [dataOf("action", value.action_id), dataOf("value", value.value), confirmOf(value.confirm)].join("");
  return `<button type="button" class="button${style}"${data}>${renderText(value.text)}</button>`;
}

function confirmOf(confirm: unknown): string {
  if (!isJson(confirm)) return "";
  const parts = ["title", "text", "confirm", "deny"] as const;
  const said = parts.map((part) => ` data-confirm-${part}="${escapeHtml(plainText(confirm[part]))}"`);
  return [...said, dataOf("confirm-style", confirm.style)].join("");
}

function dataOf(name: string, value: unknown): string {
  return typeof value === "string" ? ` data-${name}="${escapeHtml(value)}"` : "";
}

// A label, the field, a hint, and the place where the app's objection to it is shown.
function renderInput({ block_id: id, label, element, hint, optional }: Json): string {
  if (!isJson(element)) return unknownBlock(element);
  const block = escapeHtml(String(id ?? ""));
  const required = optional === true ? "" : " required";
  const about = ` aria-describedby="hint-${block} error-${block}"`;
  return `<div class="input"><label for="input-${block}">${renderText(label)}${optional === true ? " <small>(optional)</small>" : ""}</label>
${renderField(element, ` id="input-${block}" name="${block}"${required}${about}`)}
<div class="hint" id="hint-${block}">${hint === undefined ? "" : renderText(hint)}</div>
<div class="error" id="error-${block}" role="alert"></div></div>`;
}

function renderField(element: Json, attributes: string): string {
  const { type, initial_value: initial = "", placeholder, max_length: most, min_length: least } = element;
  // The browser writes the moment in the reader's own time zone.
  if (type === "datetimepicker") {
    return `<input type="datetime-local" step="1"${attributes}${dataOf("seconds", String(element.initial_date_time ?? ""))}>`;
  }
  if (type !== "plain_text_input") return unknownBlock(element);
  const lengths = `${typeof most === "number" ? ` maxlength="${most}"` : ""}${typeof least === "number" ? ` minlength="${least}"` : ""}`;
  const hints = `${lengths}${placeholder === undefined ? "" : ` placeholder="${escapeHtml(plainText(placeholder))}"`}`;
  const text = escapeHtml(String(initial));
  if (element.multiline === true) return `<textarea rows="3"${attributes}${hints}>${text}</textarea>`;
  return `<input type="text"${attributes}${hints} value="${text}">`;
}

export function plainText(value: unknown): string {
  return isJson(value) && typeof value.text === "string" ? value.text : "";
}

function unknownBlock(value: unknown): string {
  return `<pre class="unknown">${escapeHtml(JSON.stringify(value) ?? "undefined")}</pre>`;
}
