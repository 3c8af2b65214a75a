import { defineConfig } from 'vitest/config'
import { BaseSequencer } from 'vitest/node'

/** They take half a minute and more: begun last, one of them would run alone at the end. */
const longest = ['chaos/dist/chaos.test.js', 'cli/cli.test.js', 'browser/dashboard.test.js', 'receipts/receiving.test.js', 'api/inbound.test.js', 'cli/copy.test.js', 'crash/crash.test.js']

class LongestFirst extends BaseSequencer {
  async sort(files) {
    const place = ({ moduleId }) => longest.findIndex((name) => moduleId.endsWith(name))
    const first = files.filter((file) => place(file) >= 0).sort((a, b) => place(a) - place(b))
    return [...first, ...(await super.sort(files)).filter((file) => place(file) < 0)]
  }
}

// The tests run as they are built: `tsc -b` puts each beside its compiled file, so what is tested is what ships
// (worker threads and child processes included), and only the test files themselves pass through vitest's loader.
export default defineConfig({
  test: {
    include: ['packages/*/dist/**/*.test.js', 'examples/dist/**/*.test.js', 'bench/dist/**/*.test.js', 'chaos/dist/**/*.test.js'],
    globalSetup: ['packages/server/dist/testing/postgres-setup.js'],
    pool: 'forks',
    maxWorkers: 2,
    // A process for each file would load the same modules 170 times, for a minute of the run.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    testTimeout: 20_000,
    hookTimeout: 60_000,
    server: { deps: { external: [/\/(packages|examples|bench|chaos)\/.*\/dist\/(?!.*\.test\.js$)/] } },
  },
})
