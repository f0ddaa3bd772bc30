import type { Reply } from "./slack-http.ts";

/** One message in so many milliseconds and channel (https://docs.slack.dev/apis/web-api/rate-limits: one a second). */
export function createPace(now: () => number) {
  const lastIn = new Map<string, number>();
  let every = 0;
  return {
    set: (milliseconds: number): void => {
      every = milliseconds;
      lastIn.clear();
    },
    /** 429 when the channel got its last message too recently; otherwise notes this one. */
    refuse: (channel: string): Reply | undefined => {
      if (every === 0) return undefined;
      const wait = (lastIn.get(channel) ?? Number.NEGATIVE_INFINITY) + every - now();
      if (wait > 0) {
        const seconds = String(Math.ceil(wait / 1000));
        return { status: 429, body: { ok: false, error: "ratelimited" }, headers: { "retry-after": seconds } };
      }
      lastIn.set(channel, now());
      return undefined;
    },
  };
}
