import * as actors from "./actors.ts";
import { explore } from "./explore.ts";
import { NARROWING, REVOKING, Stage } from "./world.ts";

const names = (Object.keys(actors) as (keyof typeof actors)[]).filter((n) => n !== "ACTORS");
const [only] = process.argv.slice(2);
for (const [mode, setting] of Object.entries({ REVOKING, NARROWING })) {
  for (const [i, a] of names.entries())
    for (const b of names.slice(i + 1)) {
      if (process.argv[3] && new RegExp(process.argv[3]).test(`${a} ${b}`)) continue;
      if (only && !`${mode} ${a} ${b}`.includes(only)) continue;
      const t = Date.now();
      try {
        const e = await explore(() => Stage.start(setting, [actors[a] as never, actors[b] as never]));
        console.log(`${mode} ${a} ${b} ${JSON.stringify(e)} ${Date.now() - t} ms`);
      } catch (e) {
        console.log(`${mode} ${a} ${b} FAIL ${(e as Error).stack} ${Date.now() - t} ms\n`);
      }
    }
}
