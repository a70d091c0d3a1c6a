import { defineConfig } from "vitest/config";

/**
 * Two lanes. `npm test` runs the short one: what a developer needs before a commit, within four minutes.
 * `npm run test:all` runs everything. What takes more than a few seconds of processor time is long: a whole
 * file by its name, `*.long.test.ts`, a single test of another file by its tag, `{ tags: "long" }`.
 */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    tags: [{ name: "long", description: "runs in `npm run test:all` alone" }],
  },
});
