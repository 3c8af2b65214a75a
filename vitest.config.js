import { defineConfig } from 'vitest/config'

// The tests run as they are built: `tsc -b` puts each beside its compiled file, so what is tested is what ships
// (worker threads and child processes included), and only the test files themselves pass through vitest's loader.
export default defineConfig({
  test: {
    include: ['packages/*/dist/**/*.test.js', 'examples/dist/**/*.test.js', 'bench/dist/**/*.test.js', 'chaos/dist/**/*.test.js'],
    globalSetup: ['packages/server/dist/testing/postgres-setup.js'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    server: { deps: { external: [/\/(packages|examples|bench|chaos)\/.*\/dist\/(?!.*\.test\.js$)/] } },
  },
})
