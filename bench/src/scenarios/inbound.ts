import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Child } from '../child.js'
import { type Figure, latencyFigures, type ScenarioResult } from '../figures.js'
import { LatencyHistogram } from '../latency-histogram.js'
import { othersShare, processorTimes } from '../others.js'
import { usageOf } from '../processes.js'
import type { ProviderCommands, SendResult, SendRun } from '../provider.js'
import { type Receipts, readReceipts } from '../receipts.js'
import type { Stage } from '../stage.js'
import { type Watched, watch } from '../watch.js'
import type { Bench, Scenario } from './scenario.js'

const ratePerSecond = 500
const source = 'bench-stripe'
/** However much comes: providers give up on whoever is slow, and in the end on the URL. */
const slowestMs = 2000
/** Of the genuine ones, each so-many-th is told again. */
const repeatEvery = 50
/** The share of the machine that other processes may use before a run's answers say more of them than of the server. */
const mostOthers = 0.1
/** Refused requests that are kept of one source in a minute. */
const refusedKeptPerMinute = 60

/** What a provider feels that sends webhooks here: alone, beside somebody who forges, and when as much comes as can be taken. */
export const inbound: Scenario = {
  name: 'inbound',
  about: 'Stripe-signed webhooks of 2 to 3 KB to one source, of 100 organizations, with history: 500/s; 250/s beside 500/s forged; saturated',
  play,
}

async function play(bench: Bench): Promise<ScenarioResult> {
  const { stage, world } = await bench.shared()
  const secret = `whsec_${randomBytes(24).toString('base64')}`
  await stage.server.api.post('/v1/sources', { name: source, provider: 'stripe', secrets: [secret] })
  const provider = new Child<ProviderCommands>('./provider.js')
  try {
    const send = (name: string, more: Partial<SendRun>): Promise<SentRun> => sendAndRest(stage, provider, {
      name, secret, host: stage.server.host, port: stage.server.port, path: `/webhooks/${source}`,
      connections: stage.options.connections, organizationIds: world.organizationIds, forgedPerGenuine: 0, repeatEvery, seconds: stage.options.seconds, ...more,
    })
    const startedAt = performance.now()
    const warm = await send('warm', { seconds: 2 })
    const steady = await send('steady', { ratePerSecond })
    const besideForged = await send('beside', { ratePerSecond: 750, forgedPerGenuine: 2 })
    const saturated = await send('saturated', {})
    const minutes = Math.ceil((performance.now() - startedAt) / 60_000) + 1

    // What was answered must also be there after a crash.
    await stage.server.kill()
    await stage.server.start()
    const receipts = await readReceipts(stage.server.api, source)
    const all = [warm, steady, besideForged, saturated].map(({ result }) => result)
    const figures: Figure[] = [
      { name: 'accepted', value: acceptedPerSecond(steady), unit: '/s' },
      ...answerFigures('answer', steady, 50),
      { name: 'events per receipt', value: eventsPerReceipt(receipts, steady.result), unit: '' },
      { name: 'beside forged: accepted', value: acceptedPerSecond(besideForged), unit: '/s' },
      { name: 'beside forged: refused', value: (besideForged.result.forged.answers['400'] ?? 0) / secondsOf(besideForged.result), unit: '/s' },
      ...answerFigures('beside forged: answer', besideForged, 50),
      { name: 'refused receipts kept', value: receipts.refused, unit: '', atMost: minutes * refusedKeptPerMinute },
      { name: 'saturated: accepted', value: acceptedPerSecond(saturated), unit: '/s' },
      ...answerFigures('saturated: answer', saturated),
      { name: 'saturated: CPU', value: saturated.server.cpuUs / (saturated.result.accepted.length + saturated.result.repeated.length), unit: 'µs per receipt' },
      { name: 'resident', value: Math.max(...[steady, besideForged, saturated].map(({ server }) => server.residentBytes)) / 2 ** 20, unit: 'MB', atMost: 300 },
      { name: 'lost (200, and not exactly one receipt)', value: lostAmong(receipts, all), unit: '', atMost: 0 },
      { name: 'repeats', value: all.reduce((sum, { repeated }) => sum + repeated.length, 0), unit: '' },
      { name: 'repeats not told as duplicates', value: untoldAmong(receipts, all), unit: '', atMost: 0 },
    ]
    return { scenario: inbound.name, figures, remarks: [...rateRemarks(steady, ratePerSecond), ...rateRemarks(besideForged, 250), ...[steady, besideForged, saturated].flatMap(othersRemarks), ...all.flatMap(answerRemarks)], detail: { steady: detailOf(steady), besideForged: detailOf(besideForged), saturated: detailOf(saturated) } }
  } finally {
    await provider.end()
  }
}

/** One run of sending, and what it cost the server until its events had been dispatched as well. */
interface SentRun {
  name: string
  result: SendResult
  server: Watched
  /** The share of the machine that was not the bench's. */
  others: number
}

async function sendAndRest(stage: Stage, provider: Child<ProviderCommands>, run: SendRun): Promise<SentRun> {
  stage.tell(`inbound: ${run.name}`)
  const [endWatch, before, ownBefore] = [watch(stage.processes), processorTimes(), usageOf(stage.pids).cpuUs]
  const result = await provider.ask('send', run)
  const others = othersShare(before, processorTimes(), usageOf(stage.pids).cpuUs - ownBefore + result.cpuUs)
  await rested(stage.pids)
  return { name: run.name, result, server: endWatch(), others }
}

/** Waits until the server does next to nothing: what it still does with the events after the last answer is part of their cost. */
async function rested(pids: readonly number[]): Promise<void> {
  const giveUpAt = performance.now() + 60_000
  for (let before = usageOf(pids).cpuUs; performance.now() < giveUpAt;) {
    await pause(250)
    const { cpuUs } = usageOf(pids)
    if (cpuUs - before < 50_000) return
    before = cpuUs
  }
}

function secondsOf({ firstAtUs, lastAtUs }: SendResult): number {
  return (lastAtUs - firstAtUs) / 1e6
}

function acceptedPerSecond({ result }: SentRun): number {
  return (result.genuine.answers['200'] ?? 0) / secondsOf(result)
}

/** Of the genuine ones. */
function answerFigures(name: string, { result }: SentRun, p99AtMost?: number): Figure[] {
  const histogram = new LatencyHistogram(result.genuine.latencies)
  const [p50, p99] = latencyFigures(name, result.genuine.latencies) as [Figure, Figure]
  return [p50, p99AtMost === undefined ? p99 : { ...p99, atMost: p99AtMost }, { name: `${name} max`, value: histogram.percentileUs(1) / 1000, unit: 'ms', atMost: slowestMs }]
}

function eventsPerReceipt({ accepted }: Receipts, result: SendResult): number {
  return result.accepted.reduce((sum, id) => sum + (accepted.get(id)?.events ?? 0), 0) / result.accepted.length
}

function lostAmong({ accepted }: Receipts, results: readonly SendResult[]): number {
  return results.flatMap((result) => result.accepted).filter((id) => accepted.get(id)?.receipts !== 1).length
}

function untoldAmong({ duplicates }: Receipts, results: readonly SendResult[]): number {
  return results.flatMap(({ repeated }) => repeated).filter((id) => duplicates.get(id) !== 1).length
}

/** An open loop that could not be kept up measures a queue, not the answer at that rate. */
function rateRemarks(run: SentRun, wanted: number): string[] {
  const kept = acceptedPerSecond(run)
  return kept >= 0.97 * wanted ? [] : [`the answers at ${wanted}/s are void: only ${kept.toFixed(0)} per second were accepted`]
}

/** Whoever else wants the processors makes answers wait for a turn, which says nothing of the server. */
function othersRemarks({ name, others }: SentRun): string[] {
  return others <= mostOthers ? [] : [`the answers of the run "${name}" are void: other processes used ${(others * 100).toFixed(0)} % of the machine`]
}

function answerRemarks({ genuine, forged, unanswered }: SendResult): string[] {
  return [
    ...Object.entries(genuine.answers).flatMap(([status, count]) => status === '200' ? [] : [`${count} genuine webhooks were answered ${status}`]),
    ...Object.entries(forged.answers).flatMap(([status, count]) => status === '400' ? [] : [`${count} forged webhooks were answered ${status}`]),
    ...(unanswered > 0 ? [`${unanswered} webhooks were never answered`] : []),
  ]
}

function detailOf({ result, server, others }: SentRun): object {
  return { server, others, seconds: secondsOf(result), genuine: result.genuine.answers, forged: result.forged.answers, repeated: result.repeated.length, providerCpuUs: result.cpuUs }
}
