import { createInterface } from "node:readline/promises";
import { AnswerError, type Answers, DEFAULT_OPEN, readChannel, readOffice, readOpen } from "../lib/proposal/answers.ts";

// What a shell reports for a program that was interrupted (128 + SIGINT).
const INTERRUPTED = 130;

/** Asks at the terminal for what was not given; Enter takes the default, and the end of input takes all that are left. */
export async function askAnswers(given: Partial<Answers>): Promise<Answers> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  terminal.on("SIGINT", () => process.exit(INTERRUPTED));
  let ended = false;
  const end = new Promise<string>((resolve) => {
    terminal.once("close", () => {
      ended = true;
      resolve("");
    });
  });
  const ask = async <T>(question: string, fallback: string, read: (text: string) => T): Promise<T> => {
    for (;;) {
      if (ended) return read(fallback);
      const said = await Promise.race([terminal.question(`${question}${fallback === "" ? "" : ` [${fallback}]`}: `), end]);
      try {
        return read(said.trim() === "" ? fallback : said);
      } catch (error) {
        if (!(error instanceof AnswerError)) throw error;
        process.stderr.write(`  ${error.message}\n`);
      }
    }
  };
  try {
    const office = given.office ?? (await ask("Addresses of your offices and VPNs, between commas (Enter: none yet)", "", readOffice));
    const open = given.open ?? (await ask("What everybody on the internet may reach", DEFAULT_OPEN, readOpen));
    const channel = given.channel ?? (await ask("Slack channel for messages (Enter: none yet)", "", readChannel));
    return { office, open, channel };
  } finally {
    terminal.close();
  }
}
