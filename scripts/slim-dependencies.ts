import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Plugin } from "esbuild";

const DEPENDENCY = /[\\/]node_modules[\\/].*\.[cm]?js$/;
const SDK_SCHEMAS = /[\\/]@aws-sdk[\\/].*[\\/]schemas_0\.js$/;
const NAME = /^const (_\w+) = ("[^"\\]*");$/gm;
const COMPUTED_KEY = /\[(_\w+)\]:/g;

/**
 * An esbuild plugin that makes dependencies lighter: unused schemas of the AWS SDK can be dropped (EC2 describes all its
 * operations in one module, of which the guard needs a handful), and the source map covers the project's own lines only,
 * since Node reads the whole map at every cold start.
 */
export const slimDependencies: Plugin = {
  name: "slim-dependencies",
  setup(build) {
    build.onLoad({ filter: DEPENDENCY }, async ({ path, pluginData }) => {
      const source = await readFile(path, "utf8");
      const slim = SDK_SCHEMAS.test(path) ? inlineKeys(source) : source;
      return { contents: `${slim}\n${emptyMap(basename(path))}`, loader: "js", pluginData };
    });
  },
};

/**
 * Writes `{[_xN]: 1}` as `{"xmlName": 1}` where the module has `const _xN = "xmlName"`. A computed key may have side effects
 * as far as a bundler knows, so it keeps every constant that has one, used or not.
 */
export function inlineKeys(source: string): string {
  const names = new Map(Array.from(source.matchAll(NAME), ([, name = "", text = ""]) => [name, text]));
  return source.replace(COMPUTED_KEY, (key, name: string) => {
    const text = names.get(name);
    // As a literal, "__proto__" would set the prototype.
    return text === undefined || text === `"__proto__"` ? key : `${text}:`;
  });
}

// A source map of the file that knows its first character only; esbuild would take one that knows nothing for none.
function emptyMap(file: string): string {
  const map = JSON.stringify({ version: 3, sources: [file], mappings: "AAAA" });
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}`;
}
