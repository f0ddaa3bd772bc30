/** A file that is no usable template, change set or cloud assembly; the message is `file:line: found, expected`. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  constructor(file: string, line: number | undefined, message: string, options?: ErrorOptions) {
    super(line === undefined ? `${file}: ${message}` : `${file}:${line}: ${message}`, options);
  }
}
