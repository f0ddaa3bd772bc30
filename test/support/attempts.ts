import type { Attempt } from "../../lib/guard/ports.ts";

/** The first time that a message is handed out. */
export const FIRST: Attempt = { message: "message-1", number: 1 };

/** The same message, handed out once more. */
export const AGAIN: Attempt = { ...FIRST, number: 2 };

/** Another message with the same event. */
export const COPY: Attempt = { message: "message-2", number: 1 };
