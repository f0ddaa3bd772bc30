import { parsePolicy } from "./load.ts";
import type { Policy } from "./policy.ts";
import { PolicyError } from "./problem.ts";

/** A document as a source holds it. */
export interface Delivered {
  readonly bytes: Uint8Array;
  /** What the source calls this edition of it: a version, a label, a time. */
  readonly revision?: string;
}

/** Where a policy is delivered from. */
export interface PolicySource {
  /** As the environment names it; what is said about its documents begins with it. */
  readonly name: string;
  /** The document as it is now. Throws an error that says what to do. */
  read(signal: AbortSignal): Promise<Delivered>;
}

/** A valid policy, and the text that it was read from. */
export interface ValidDelivery {
  readonly policy: Policy;
  readonly text: string;
  readonly revision?: string;
}

/** A policy is text that people write; S3 would hand out terabytes. */
export const LARGEST_POLICY = 1_048_576;

/** Reads a source and checks what it holds; a text that it has checked before is not checked again. */
export class PolicyReader {
  private readonly source: PolicySource;
  private readonly patience: number;
  private checked: { readonly text: string; readonly result: Policy | PolicyError } | undefined;

  /** `patience` is how long a read may take (milliseconds). */
  constructor(source: PolicySource, patience: number) {
    this.source = source;
    this.patience = patience;
  }

  /** Throws what the source throws, a TimeoutError of its own, or PolicyError with file and line, the source being the file. */
  async read(): Promise<ValidDelivery> {
    const { bytes, revision } = await this.inTime();
    const text = this.textOf(bytes);
    if (this.checked?.text !== text) this.checked = { text, result: this.check(text) };
    const { result } = this.checked;
    if (result instanceof PolicyError) throw result;
    return { policy: result, text, ...(revision !== undefined && { revision }) };
  }

  // A source may not hear the signal in time, and is not waited for.
  private async inTime(): Promise<Delivered> {
    const { name } = this.source;
    const signal = AbortSignal.timeout(this.patience);
    const late = new Promise<never>((_, reject) => {
      const message = `${name} did not answer within ${this.patience} ms`;
      signal.addEventListener("abort", () => reject(new Error(message)), { once: true });
    });
    return Promise.race([this.source.read(signal), late]);
  }

  private textOf(bytes: Uint8Array): string {
    if (bytes.length > LARGEST_POLICY) throw this.problem(`found ${bytes.length} bytes, expected at most ${LARGEST_POLICY}`);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch (error) {
      throw this.problem("found bytes that are no UTF-8 text, expected a policy such as portcullis.yml", error);
    }
  }

  private check(text: string): Policy | PolicyError {
    try {
      return parsePolicy(text, this.source.name);
    } catch (error) {
      // Nesting without end is one thing that no parser bears.
      return error instanceof PolicyError ? error : this.problem(`not usable: ${String(error)}`, error);
    }
  }

  private problem(message: string, cause?: unknown): PolicyError {
    return new PolicyError([{ file: this.source.name, line: 0, column: 0, message }], { cause });
  }
}
