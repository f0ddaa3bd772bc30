/** A file that is no usable template, change set or cloud assembly; the message is `file:line: found, expected`. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  readonly file: string;
  readonly line: number | undefined;
  /** The message without the file and line. */
  readonly fault: string;
  constructor(file: string, line: number | undefined, fault: string, options?: ErrorOptions) {
    super(line === undefined ? `${file}: ${fault}` : `${file}:${line}: ${fault}`, options);
    this.file = file;
    this.line = line;
    this.fault = fault;
  }
}
