import type { Actor } from "../model/change.ts";
import { accountOf, type Fields, fieldsOf, isFields, member, textOf, UnreadableError } from "./fields.ts";

/** A CloudTrail record, bare or out of an EventBridge event. */
export interface Wrapped {
  readonly record: Fields;
  /** The EventBridge event around it. */
  readonly event?: Fields;
}

/** Who, when and where of a record, checked; `request` and `answer` without the wrapper of the newer dialect. */
export interface Call {
  readonly id: string;
  readonly at: string;
  readonly account: string;
  readonly region: string;
  readonly actor: Actor;
  readonly source: string;
  readonly name: string;
  readonly request: Fields;
  readonly answer: Fields;
}

/** Takes a record out of the EventBridge event around it, if there is one. */
export function unwrap(value: Fields): Wrapped {
  const detail = "detail-type" in value ? fieldsOf(value.detail) : undefined;
  return detail === undefined ? { record: value } : { record: detail, event: value };
}

/**
 * Refuses an event that says two things about where it comes from: anybody may put events on a bus, but nobody but AWS
 * may put them under an `aws.*` source or another account. Throws UnreadableError.
 */
export function refuseForged({ record, event }: Wrapped): void {
  if (event === undefined) return;
  const source = textOf(event.source);
  const expected = `aws.${textOf(record.eventSource)?.split(".")[0]}`;
  if (source !== expected)
    throw new UnreadableError(`the event's source is "${source}", its record's would be "${expected}": it may be forged`);
  const sender = accountOf(event.account);
  const recipient = accountOf(record.recipientAccountId);
  if (sender !== undefined && recipient !== undefined && sender !== recipient) {
    throw new UnreadableError(`the event comes from account ${sender}, its record from account ${recipient}: it may be forged`);
  }
}

/** Reads what every call has. Throws UnreadableError for a value that cannot identify the call. */
export function readCall({ record, event }: Wrapped): Call {
  const identity = fieldsOf(record.userIdentity) ?? {};
  const name = textOf(record.eventName) ?? "";
  return {
    id: matching(record.eventID, /^[0-9A-Za-z][\w-]*$/, "eventID", "an id such as a UUID"),
    at: readTime(record.eventTime),
    account: matching(
      accountOf(record.recipientAccountId) ?? accountOf(event?.account) ?? accountOf(identity.accountId),
      /^\d{12}$/,
      "account",
      "12 digits",
    ),
    region: matching(textOf(record.awsRegion) ?? event?.region, /^[a-z]+(-[a-z0-9]+)+$/, "awsRegion", "a region such as eu-west-1"),
    actor: readActor(record, identity),
    source: textOf(record.eventSource) ?? "",
    name,
    request: unwrapDialect(record.requestParameters, `${name}Request`),
    answer: unwrapDialect(record.responseElements, `${name}Response`),
  };
}

function unwrapDialect(value: unknown, wrapper: string): Fields {
  const fields = fieldsOf(value) ?? {};
  if (wrapper in fields) return fieldsOf(fields[wrapper]) ?? {};
  // Some wrappers are abbreviated: DelTGwVpcAttachReq.
  const [[only, inner] = ["", undefined], ...others] = Object.entries(fields);
  return others.length === 0 && /^[A-Z]\w*Req(uest)?$/.test(only) && isFields(inner) ? inner : fields;
}

function matching(value: unknown, pattern: RegExp, what: string, expected: string): string {
  const text = textOf(value);
  if (text === undefined) throw new UnreadableError(`it has no ${what}: expected ${expected}`);
  if (!pattern.test(text)) throw new UnreadableError(`its ${what} is "${text}": expected ${expected}`);
  return text;
}

function readTime(value: unknown): string {
  const expected = "a time such as 2026-01-31T12:00:00Z";
  const text = matching(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/, "eventTime", expected);
  // Date moves the 30th of February to March, so the day is checked on its own.
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  const time = new Date(text);
  if (Number.isNaN(time.getTime()) || Number.isNaN(day.getTime()) || !day.toISOString().startsWith(text.slice(0, 10))) {
    throw new UnreadableError(`its eventTime "${text}" does not exist: expected ${expected}`);
  }
  return `${time.toISOString().slice(0, 19)}Z`;
}

// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
function readActor(record: Fields, identity: Fields): Actor {
  const invokedBy = textOf(identity.invokedBy);
  const arn = textOf(identity.arn) ?? invokedBy ?? textOf(identity.principalId) ?? textOf(identity.type) ?? "unknown";
  const issuer = member(identity.sessionContext, "sessionIssuer");
  const role = isFields(issuer) ? textOf(issuer.arn) : undefined;
  const session = /:assumed-role\/.*\/([^/]+)$/.exec(arn)?.[1];
  const sourceIp = textOf(record.sourceIPAddress);
  const userAgent = textOf(record.userAgent);
  return {
    arn,
    ...(role !== undefined && session !== undefined && { role }),
    ...(session !== undefined && { session }),
    ...(sourceIp !== undefined && { sourceIp }),
    ...(userAgent !== undefined && { userAgent }),
    ...(invokedBy !== undefined && { invokedBy }),
  };
}
