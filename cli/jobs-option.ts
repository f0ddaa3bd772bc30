import { InvalidArgumentError, Option } from "commander";

const MOST_JOBS = 64;

/** `--jobs`: how many workers read. */
export function jobsOption(): Option {
  return new Option(
    "--jobs <n>",
    "workers that read files, 0 for none; otherwise one a core but the last, none for small inputs",
  ).argParser(readJobs);
}

function readJobs(text: string): number {
  const jobs = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(jobs <= MOST_JOBS)) throw new InvalidArgumentError(`expected a number from 0 to ${MOST_JOBS}`);
  return jobs;
}
