import type { Options } from './options.js'
import { help, readOptions } from './options.js'
import { describeMachine, type Machine } from './machine.js'
import { isWithin, tableOf, writeResult } from './report.js'
import { allScenarios } from './scenarios/all.js'
import type { Bench, Known, SharedStage } from './scenarios/scenario.js'
import { setUpSharedStage } from './shared-stage.js'
import { Stage } from './stage.js'

// Drives a started server with its shipped defaults from outside. docs/bench.md says what each figure means.

const startedAt = performance.now()
const opened: Promise<Stage>[] = []
let isInterrupted = false

let options: Options | 'help'
try {
  options = readOptions(process.argv.slice(2), allScenarios.map(({ name }) => name), allScenarios.filter(({ isOnRequest }) => isOnRequest === true).map(({ name }) => name))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  console.error(help)
  process.exit(2)
}
if (options === 'help') {
  console.log(help + allScenarios.map(({ name, about }) => `\n  ${name.padEnd(13)} ${about}`).join(''))
  process.exit(0)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, async () => {
    isInterrupted = true
    await closeAll()
    process.exit(130)
  })
}

try {
  process.exitCode = await playAll(options)
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  await closeAll()
}
// Sockets of the API client may still be kept alive.
process.exit(isInterrupted ? 130 : undefined)

/** Plays what was asked for and gives the exit code: 1 when something was lost or no figure came about, whatever the figures are. */
async function playAll(options: Options): Promise<number> {
  const machine = describeMachine(options.folder)
  console.log(`${machine.cpu}, ${machine.cores} cores, ${machine.memoryMb} MB · Node ${machine.node} · ${machine.system} · fdatasync ${machine.fdatasyncMs} ms · load ${machine.loadAtStart} · commit ${machine.commit}`)

  const known: Known = {}
  let shared: SharedStage | undefined
  let isWhole = true
  for (const scenario of allScenarios.filter(({ name }) => options.scenarios.includes(name))) {
    if (isInterrupted) break
    if (scenario.database !== undefined && scenario.database !== options.database) {
      tell(`${scenario.name} is played with --database ${scenario.database} only.`)
      continue
    }
    tell(`${scenario.name} …`)
    const own: Stage[] = []
    const bench: Bench = {
      options,
      tell,
      known,
      async shared() {
        if (shared === undefined) shared = await setUpSharedStage(await openStage(options), tell)
        else await shared.stage.server.restart()
        return shared
      },
      async own() {
        const stage = await openStage(options)
        own.push(stage)
        return stage
      },
    }
    try {
      const result = await scenario.play(bench)
      console.log(tableOf(scenario.about, result))
      console.log(`  → ${writeResult(result, context(machine, options, shared?.stage ?? own[0]), new Date())}\n`)
      if (result.figures.some((figure) => figure.name.startsWith('lost') && isWithin(figure) === false)) isWhole = false
    } catch (error) {
      isWhole = false
      if (!isInterrupted) console.error(`  ${scenario.name} failed:`, error, `\n${(own[0] ?? shared?.stage)?.server.logEnd() ?? ''}`)
    } finally {
      for (const stage of own) await stage.close()
    }
  }
  return isWhole ? 0 : 1
}

/** What a result depends on. Secrets of the server's environment are left out. */
function context(machine: Machine, options: Options, stage: Stage | undefined): Record<string, unknown> {
  if (stage === undefined) return { machine, options }
  const { bin, command, environment } = stage.server.settings
  const settings = Object.fromEntries(Object.entries(environment).filter(([name]) => !name.endsWith('KEY')))
  return { machine, options, server: { bin, command, settings } }
}

function openStage(options: Options): Promise<Stage> {
  const stage = Stage.open(options, tell)
  opened.push(stage)
  return stage
}

/** Also what is only just being opened. */
async function closeAll(): Promise<void> {
  await Promise.allSettled(opened.map(async (stage) => (await stage).close()))
}

function tell(line: string): void {
  console.log(`[${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s] ${line}`)
}
