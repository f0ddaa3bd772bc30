import { spawn } from "node:child_process";

/** What a program took: milliseconds by the clock and of the processor, and the most memory that was resident, in MB. */
export interface Taken {
  readonly wall: number;
  readonly cpu: number;
  readonly resident: number;
}

const TELL = `
import { isMainThread } from "node:worker_threads";
import { writeSync } from "node:fs";
if (isMainThread) process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeSync(3, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1000, resident: maxRSS / 1024 }));
});`;

/** Runs a program of this project in a process of its own, its output thrown away. Throws when it fails. */
export function runTimed(args: readonly string[]): Promise<Taken> {
  const start = performance.now();
  const child = spawn(process.execPath, ["--import", `data:text/javascript,${encodeURIComponent(TELL)}`, ...args], {
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  let told = "";
  child.stdio[3]?.on("data", (chunk: Buffer) => {
    told += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code !== 0) return reject(new Error(`${args.join(" ")} ended with ${code}`));
      const taken: { cpu: number; resident: number } = JSON.parse(told);
      resolve({ ...taken, wall: performance.now() - start });
    });
  });
}
