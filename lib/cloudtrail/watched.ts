import type { Shape } from "./shape.ts";

/** A call that Portcullis reads: CloudTrail's eventSource and eventName, and the shape of its records. */
export interface WatchedCall {
  readonly source: string;
  readonly name: string;
  readonly shape: Shape;
  /** True for a call that changes nothing and hands out what must not be known: CloudTrail may mark it as read-only. */
  readonly reads?: true;
}

/** Calls of one service, by the names of their events. */
export function watch(source: string, shapes: Readonly<Record<string, Shape>>): readonly WatchedCall[] {
  return Object.entries(shapes).map(([name, shape]) => ({ source, name, shape }));
}

export const EC2 = "ec2.amazonaws.com";
