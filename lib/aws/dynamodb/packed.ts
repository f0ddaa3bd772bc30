import { gunzipSync, gzipSync } from "node:zlib";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";

const LONGEST_TEXT = 100_000;

/** A text as DynamoDB keeps it. An item holds 400 KB: of more than a part of that, compressed. */
export function packed(text: string): AttributeValue {
  return text.length > LONGEST_TEXT ? { B: gzipSync(text) } : { S: text };
}

/** The text that `packed` made this of. */
export function unpacked(value: AttributeValue | undefined): string | undefined {
  return value?.B === undefined ? value?.S : gunzipSync(value.B).toString();
}
