import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts", "test/flows/**/*.test.ts"],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "binary",
          include: ["test/binary/**/*.test.ts"],
          globalSetup: ["test/support/builtExecutable.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
