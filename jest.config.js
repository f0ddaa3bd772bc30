export default {
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "\\.ts$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2024" }, module: { type: "es6" } }],
  },
  // Forgets which calls of AWS the last run saw (scripts/check-permissions.ts).
  globalSetup: "<rootDir>/test/support/begin-run.ts",
  // How long a test takes says nothing about the code: some write 200 MB or start processes, on machines that are busy.
  testTimeout: 180_000,
  // The emulator suites start servers of their own; two at a time is what two cores carry.
  maxWorkers: 2,
};
