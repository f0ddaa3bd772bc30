import type { Plugin } from "esbuild";

const NAMESPACE = "bare-http";

/**
 * An esbuild plugin that has `node:http` taken as it is, without the face that Node gives its modules for `import`: to make that,
 * Node asks each property for its value, and `http.WebSocket` then loads all of undici, some 15 ms of a cold start.
 */
export const bareHttp: Plugin = {
  name: NAMESPACE,
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?http$/ }, () => ({ path: "node:http", namespace: NAMESPACE }));
    onLoad({ filter: /./, namespace: NAMESPACE }, ({ path }) => ({ contents: `module.exports = process.getBuiltinModule("${path}")` }));
  },
};
