import type { Block, SlackMessage } from "../../lib/slack/blocks.ts";

/** Everything that a reader sees of a message, in order; a button as `[Undo]`. */
export function readMessage({ blocks }: SlackMessage): string[] {
  return blocks.flatMap(readBlock);
}

/** The same as one text. */
export function readAll(message: SlackMessage): string {
  return readMessage(message).join("\n");
}

function readBlock(block: Block): string[] {
  switch (block.type) {
    case "divider":
      return [];
    case "context":
      return block.elements.map(({ text }) => text);
    case "actions":
      return [block.elements.map(({ text }) => `[${text.text}]`).join(" ")];
    case "header":
      return [block.text.text];
    case "section":
      if ("fields" in block) return block.fields.map(({ text }) => text);
      return [block.accessory === undefined ? block.text.text : `${block.text.text} [${block.accessory.text.text}]`];
  }
}
