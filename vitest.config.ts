import { defineConfig } from "vitest/config";

/**
 * Two lanes by name: `*.test.ts` is what a developer runs before a commit (`npm test`), `*.long.test.ts` what
 * takes longer (`npm run test:all` runs both).
 */
const LONG = "test/**/*.long.test.ts";

export default defineConfig({
  test: {
    globalSetup: ["test/support/kafka/global-setup.ts"],
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: "short", include: ["test/**/*.test.ts"], exclude: [LONG], ...timeouts() },
      },
      { extends: true, test: { name: "long", include: [LONG], ...timeouts() } },
    ],
  },
});

function timeouts() {
  return { testTimeout: 120_000, hookTimeout: 180_000 };
}
