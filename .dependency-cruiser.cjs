// The arrows of docs/architecture.md: functions, cli -> lib/guard -> lib/rules, lib/policy -> lib/model.
// How faults are worded is everybody's.
const inside = (...folders) => `^(${["lib/messages", ...folders].join("|")})/`;

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "model-stands-alone",
      severity: "error",
      from: { path: "^lib/model/" },
      to: { pathNot: ["^lib/model/"] },
    },
    {
      name: "messages-stand-alone",
      severity: "error",
      from: { path: "^lib/messages/" },
      to: { pathNot: "^lib/messages/" },
    },
    {
      name: "rules-know-the-model-only",
      severity: "error",
      from: { path: "^lib/rules/" },
      to: { pathNot: [inside("lib/model", "lib/rules"), "node_modules/zod"] },
    },
    {
      name: "policy-knows-rules-and-model",
      severity: "error",
      from: { path: "^lib/policy/" },
      to: { path: "^(lib|functions|cli)/", pathNot: inside("lib/model", "lib/rules", "lib/policy") },
    },
    {
      name: "guard-knows-no-adapter",
      severity: "error",
      from: { path: "^lib/guard/" },
      to: {
        path: "^(lib|functions|cli)/",
        pathNot: inside("lib/model", "lib/rules", "lib/policy", "lib/cloudtrail", "lib/planned", "lib/guard"),
      },
    },
    {
      name: "plans-know-the-model-only",
      severity: "error",
      from: { path: "^lib/planned/" },
      to: { path: "^(lib|functions|cli)/", pathNot: inside("lib/model", "lib/planned") },
    },
    {
      name: "readers-of-plans-know-plans-and-model",
      severity: "error",
      from: { path: "^lib/(terraform|cloudformation)/" },
      to: { path: "^(lib|functions|cli)/", pathNot: inside("lib/model", "lib/planned", "lib/$1") },
    },
    {
      name: "only-adapters-import-sdks",
      severity: "error",
      from: { path: "^(lib|cli|functions)/", pathNot: ["^lib/aws/", "^lib/slack/client\\.ts$", "^lib/wiring/"] },
      to: { path: "node_modules/(@aws-sdk|@smithy|@slack)/" },
    },
    {
      name: "lib-knows-no-entry-point",
      severity: "error",
      from: { path: "^lib/" },
      to: { path: "^(functions|cli|test|bench|scripts)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    parser: "swc",
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default"] },
  },
};
