/** Tells how far the bench is: a short text. */
export type Say = (text: string) => void;

/** Progress on standard error: one line that is written over on a terminal, and lines elsewhere, each with the time since the start. */
export function progressOn(stream: NodeJS.WriteStream): { readonly say: Say; readonly clear: () => void } {
  const start = performance.now();
  const over = stream.isTTY === true;
  return {
    say: (text) => {
      const seconds = Math.round((performance.now() - start) / 1000);
      const line = `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, "0")} ${text}`;
      stream.write(over ? `\r\x1b[2K${line.slice(0, stream.columns - 1)}` : `${line}\n`);
    },
    clear: () => void (over && stream.write("\r\x1b[2K")),
  };
}
