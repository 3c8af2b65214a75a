import { type Figure, latencyFigures, megabytes, mostResidentMb, type ScenarioResult } from '../figures.js'
import { sideBySide } from '../side-by-side.js'
import { watch } from '../watch.js'
import type { World } from '../world.js'
import type { Bench, Scenario } from './scenario.js'

/** What waited while every endpoint was paused, once they are resumed. */
export const drain: Scenario = {
  name: 'drain',
  about: 'a backlog that gathered while all 1,000 endpoints were paused, from the first resume to the last settlement',
  play,
}

async function play(bench: Bench): Promise<ScenarioResult> {
  const { stage, world } = await bench.shared()
  const { backlog } = bench.options
  await stage.warmUp(world)
  await onEveryEndpoint('pause')
  await stage.clear()
  const endGatherWatch = watch(stage.processes)
  const published = await stage.publish({ targets: world.single, events: backlog, eventsPerRequest: 100, connections: 4 })
  const gathered = endGatherWatch()
  const early = (await stage.sink.ask('counts')).distinct

  const endWatch = watch(stage.processes)
  const startedAt = performance.now()
  await onEveryEndpoint('resume')
  const isDrained = await stage.drained(world, published.expected, 60_000 + backlog)
  const seconds = (performance.now() - startedAt) / 1000
  const server = endWatch()
  const sink = await stage.sink.ask('counts')

  const drainedPerSecond = (sink.distinct - early) / seconds
  const figures: Figure[] = [
    { name: 'gathered', value: published.accepted / ((published.lastAtUs - published.firstAtUs) / 1e6), unit: '/s' },
    { name: 'drained', value: drainedPerSecond, unit: '/s' },
    ...(bench.known.deliveredPerSecond === undefined ? [] : [{ name: 'drained ÷ delivered of main', value: drainedPerSecond / bench.known.deliveredPerSecond, unit: '', atLeast: 0.8 }]),
    { name: 'CPU', value: server.cpuUs / (sink.distinct - early), unit: 'µs per delivery' },
    ...latencyFigures('accept of a batch', published.latencies),
    { name: 'resident', value: megabytes(Math.max(gathered.residentBytes, server.residentBytes)), unit: 'MB', atMost: mostResidentMb },
    { name: 'written', value: server.writtenBytes / (sink.distinct - early) / 1024, unit: 'KB per delivery' },
  ]
  const remarks: string[] = []
  if (bench.known.deliveredPerSecond === undefined) remarks.push('run together with main, so that the two can be compared')
  if (published.accepted < backlog) remarks.push(`only ${published.accepted} of ${backlog} events were accepted: ${JSON.stringify(published.refused)}`)
  if (early > 0) remarks.push(`${early} deliveries went out although their endpoints were paused`)
  if (!isDrained) remarks.push(`not everything was delivered and settled in the time allowed: ${sink.distinct} of ${published.expected}`)
  if (sink.repeated > 0) remarks.push(`${sink.repeated} deliveries arrived twice`)
  return { scenario: drain.name, figures, remarks, detail: { sink, server, gathered } }

  async function onEveryEndpoint(action: 'pause' | 'resume'): Promise<void> {
    await sideBySide(inTurns(world), 16, ({ organizationId, id }) => stage.server.api.post(`/v1/organizations/${organizationId}/endpoints/${id}/${action}`))
  }
}

/** The endpoints with the organization changing from each to the next, so that no organization is resumed as a block. */
function inTurns(world: World): World['endpoints'] {
  const each = world.endpoints.length / world.organizationIds.length
  return world.endpoints.toSorted((a, b) => (a.number % each) - (b.number % each) || a.number - b.number)
}
