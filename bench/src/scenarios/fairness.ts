import { setTimeout as pause } from 'node:timers/promises'
import { latencyFigures, megabytes, mostResidentMb, type Figure, type ScenarioResult } from '../figures.js'
import { LatencyHistogram } from '../latency-histogram.js'
import { sideBySide } from '../side-by-side.js'
import { watch } from '../watch.js'
import type { Stage } from '../stage.js'
import type { World } from '../world.js'
import type { Bench, Scenario } from './scenario.js'

/** One customer has far more to be sent than all others: do the others notice? */
export const fairness: Scenario = {
  name: 'fairness',
  about: '100 single publishes per second of one organization, alone, beside one with 20,000 overdue endpoints, and beside one with a backlog of 1,000,000',
  isOnRequest: true,
  play,
}

const ratePerSecond = 100
/** What waits for the big organizations, as multiples of what the options give: 20,000 endpoints and 1,000,000 deliveries. */
const [endpointsPerIdle, backlogTimes] = [2, 5]
/** So many each, for them to be overdue still when the small organization is done. */
const overduePerEndpoint = 4

async function play({ options, own, tell }: Bench): Promise<ScenarioResult> {
  const stage = await own()
  const seconds = Math.max(5, Math.min(options.seconds, 30))
  const small = await stage.makeWorld('small', 1, 10)
  await stage.sink.ask('measure', { from: small.endpoints[0]?.number ?? 0, below: (small.endpoints[0]?.number ?? 0) + small.endpoints.length })
  await stage.warmUp(small)
  const alone = await ofSmall()

  const wide = await stage.makeWorld('wide', 1, options.idleEndpoints * endpointsPerIdle)
  tell(`${wide.endpoints.length} endpoints made`)
  const besideWide = await besideOverdue(wide, wide.endpoints.length * overduePerEndpoint)
  const long = await stage.makeWorld('long', 1, 10)
  const besideLong = await besideBacklog(long, options.backlog * backlogTimes)

  const p99 = (counts: Uint32Array): number => new LatencyHistogram(counts).percentileUs(0.99) / 1000
  const atMost = 2 * p99(alone.latencies) + 5
  const figures: Figure[] = [
    ...latencyFigures('publish to receipt, alone', alone.latencies),
    ...bounded('publish to receipt, beside 20,000 overdue endpoints', besideWide.latencies),
    ...bounded('publish to receipt, beside a backlog', besideLong.latencies),
    { name: 'of the overdue endpoints, meanwhile', value: besideWide.deliveredBeside / seconds, unit: '/s' },
    { name: 'of the backlog, meanwhile', value: besideLong.deliveredBeside / seconds, unit: '/s' },
    { name: 'resident', value: megabytes(Math.max(besideWide.residentBytes, besideLong.residentBytes)), unit: 'MB', atMost: mostResidentMb },
  ]
  const remarks = [alone, besideWide, besideLong].flatMap(({ missing }) => missing > 0 ? [`${missing} deliveries of the small organization were missing at the end of its run`] : [])
  if (!besideWide.isBusy) remarks.push('the overdue endpoints were done before the small organization was: give more of them')
  if (!besideLong.isBusy) remarks.push('the backlog was done before the small organization was: give more')
  return { scenario: fairness.name, figures, remarks, detail: { overdue: wide.endpoints.length, backlog: options.backlog * backlogTimes, seconds } }

  function bounded(name: string, counts: Uint32Array): Figure[] {
    return latencyFigures(name, counts).map((figure): Figure => figure.name.endsWith('p99') ? { ...figure, atMost } : figure)
  }

  /** Every endpoint refuses and asks to come back at one instant, from which on the small organization is measured. */
  async function besideOverdue(big: World, waiting: number): Promise<OfSmall> {
    const dueAt = Date.now() + 15_000 + waiting / 2
    await stage.clear()
    await stage.sink.ask('behave', { refusingUntil: dueAt })
    await gather(big, waiting)
    await pause(dueAt - Date.now() + 500)
    const { refused } = await stage.sink.ask('counts')
    if (refused < big.endpoints.length) tell(`only ${refused} were refused`)
    return ofSmall(waiting)
  }

  /** Gathers what waits while the big organization is paused, resumes it, and measures the small one from that moment on. */
  async function besideBacklog(big: World, waiting: number): Promise<OfSmall> {
    await onEveryEndpoint(stage, big, 'pause')
    await gather(big, waiting)
    await onEveryEndpoint(stage, big, 'resume')
    await pause(500)
    return ofSmall(waiting)
  }

  async function gather(big: World, waiting: number): Promise<void> {
    await stage.publish({ targets: big.single, events: waiting, eventsPerRequest: 100, connections: 8 })
    await stage.database.settleDown()
    tell(`${waiting} deliveries wait for ${big.endpoints.length} endpoints`)
  }

  async function ofSmall(waiting = 0): Promise<OfSmall> {
    await stage.clear()
    const endWatch = watch(stage.processes)
    const published = await stage.publish({ targets: small.single, ratePerSecond, seconds, connections: 16 })
    const { distinct } = await stage.sink.ask('counts')
    await pause(2_000)
    const latencies = await stage.sink.ask('latencies')
    return { latencies, missing: Math.max(0, published.expected - new LatencyHistogram(latencies).total), isBusy: distinct < waiting, deliveredBeside: distinct - published.expected, residentBytes: endWatch().residentBytes }
  }
}

interface OfSmall { latencies: Uint32Array; missing: number; isBusy: boolean; deliveredBeside: number; residentBytes: number }

async function onEveryEndpoint(stage: Stage, world: World, action: 'pause' | 'resume'): Promise<void> {
  await sideBySide(world.endpoints, 16, ({ organizationId, id }) => stage.server.api.post(`/v1/organizations/${organizationId}/endpoints/${id}/${action}`))
}
