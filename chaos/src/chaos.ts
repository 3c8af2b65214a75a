import { writeFileSync } from 'node:fs'
import { help, readOptions, type Options } from './options.js'
import { tableOf } from './report.js'
import { runChaos } from './run.js'
import type { Stage } from './stage.js'

// Real processes, killed, paused and cut off at random; then everything that was promised is counted. docs/chaos.md says what each line means.

const startedAt = performance.now()
let stage: Stage | undefined

let options: Options | 'help'
try {
  options = readOptions(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  console.error(help)
  process.exit(2)
}
if (options === 'help') {
  console.log(help)
  process.exit(0)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, async () => {
    await stage?.close()
    process.exit(130)
  })
}

try {
  const result = await runChaos(options, { tell, onOpen: (opened) => { stage = opened } })
  console.log(tableOf(result))
  if (options.result !== undefined) writeFileSync(options.result, `${JSON.stringify(result, null, 2)}\n`)
  process.exit(result.isGood ? 0 : 1)
} catch (error) {
  if (stage?.isClosed !== true) await stage?.close()
  console.error(error)
  process.exit(1)
}

function tell(line: string): void {
  console.log(`[${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s] ${line}`)
}
