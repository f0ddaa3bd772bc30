import { resolve } from "node:path";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";

// A file is in one chunk with all that anybody uses of it, and this client describes its operations in one file.
const IN_ONE_FILE = /^@aws-sdk\/client-ec2$/;
const COPY = "?lazy";
// A client of XML, checksums and streams, whose share of what all clients build on would weigh on every cold start.
const APART = /^@aws-sdk\/client-s3$/;
const APART_COPY = "?apart";
const CREDENTIALS = /^@aws-sdk\/credential-provider-node$/;
const BESIDE_EC2 = /[\\/]@aws-sdk[\\/]client-(rds|route53resolver)[\\/]/;

/**
 * An esbuild plugin that keeps what is loaded on demand small, and out of the cold start.
 * - What a cold start does not load gets a copy of the EC2 client, with the operations that it uses and no others. Commands of
 *   the copy go through a client of the original: they bring all that is particular to them.
 * - The client of S3 comes with copies of all that it builds on, but for the ways to credentials.
 * - Clients of services beside EC2 are given the credentials of the EC2 client, so ways of their own to credentials stay out.
 */
export async function splitLazily(entry: string, options: BuildOptions & { readonly absWorkingDir: string }): Promise<Plugin> {
  const { metafile } = await build({ ...options, metafile: true, write: false, sourcemap: false });
  const cold = coldFiles(options.absWorkingDir, entry, metafile);
  return {
    name: "split-lazily",
    setup(build) {
      build.onResolve({ filter: IN_ONE_FILE }, async ({ path, importer, kind, resolveDir, pluginData }) => {
        if (pluginData !== undefined || cold.has(importer)) return undefined;
        return { ...(await build.resolve(path, { importer, kind, resolveDir, pluginData: "original" })), suffix: COPY, pluginData: COPY };
      });
      // A copied file imports copies of its neighbours.
      build.onResolve({ filter: /^\./ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
        if (pluginData !== COPY) return undefined;
        return { ...(await build.resolve(path, { importer, kind, resolveDir, pluginData: "original" })), suffix: COPY, pluginData: COPY };
      });
      build.onResolve({ filter: /./ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
        const isApart = APART.test(path) ? pluginData === undefined : pluginData === APART_COPY && !CREDENTIALS.test(path);
        if (!isApart) return undefined;
        const found = await build.resolve(path, { importer, kind, resolveDir, pluginData: "original" });
        return found.external ? found : { ...found, suffix: APART_COPY, pluginData: APART_COPY };
      });
      build.onResolve({ filter: CREDENTIALS }, ({ path, importer }) =>
        BESIDE_EC2.test(importer) ? { path, namespace: "given-credentials" } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: "given-credentials" }, () => ({
        contents: `export const defaultProvider = () => () => { throw new Error("this client was given no credentials"); };`,
      }));
    },
  };
}

/** The entry point and all files that it imports, and what these import, but for what is imported on demand. */
function coldFiles(root: string, entry: string, { inputs }: Metafile): ReadonlySet<string> {
  const imports = new Map(Object.entries(inputs).map(([path, input]) => [resolve(root, path), input.imports]));
  const cold = new Set([resolve(entry)]);
  for (const file of cold) {
    for (const { path, kind } of imports.get(file) ?? []) if (kind !== "dynamic-import") cold.add(resolve(root, path));
  }
  return cold;
}
