import { setTimeout as pause } from 'node:timers/promises'
import { type Figure, megabytes, mostResidentMb, type ScenarioResult } from '../figures.js'
import { watch } from '../watch.js'
import type { Bench, Scenario } from './scenario.js'

/** Ten thousand endpoints that have all had an event, and nothing to do. */
export const idle: Scenario = {
  name: 'idle',
  about: 'a database with 10,000 endpoints in 100 organizations, each of which has had one event, and nothing to do',
  play,
}

async function play(bench: Bench): Promise<ScenarioResult> {
  const stage = await bench.own()
  const world = await stage.makeWorld('idle', 100, bench.options.idleEndpoints / 100)
  await stage.touchEveryEndpoint(world)

  const isQuick = bench.options.seconds < 10
  // What follows a burst of work is not idleness yet: after twenty seconds sockets are closed that nobody needed, after sixty lanes are let go of.
  await pause(isQuick ? 2000 : 75_000)
  const endWatch = watch(stage.processes)
  await pause(isQuick ? 5000 : 20_000)
  const after = endWatch()

  const figures: Figure[] = [
    { name: 'endpoints', value: world.endpoints.length, unit: '' },
    { name: 'CPU', value: (after.cpuUs / (after.seconds * 1e6)) * 100, unit: '% of a core', atMost: 2 },
    { name: 'resident', value: megabytes(after.residentBytes), unit: 'MB', atMost: mostResidentMb },
    { name: 'written', value: after.writtenBytes / 1024 / after.seconds, unit: 'KB/s' },
  ]
  return { scenario: idle.name, figures, remarks: [], detail: after }
}
