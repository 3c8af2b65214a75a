import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Cost, type DatabaseWork, workBetween } from '../database.js'
import { type Figure, latencyFigures, mostResidentMb, megabytes, runRemarks, type ScenarioResult } from '../figures.js'
import { type Floors, floorsOf } from '../floors.js'
import { countingFsyncs, type Fsyncs, fsyncsIn, hasStrace } from '../fsyncs.js'
import { LatencyHistogram } from '../latency-histogram.js'
import { type Ledger, ledgerOf } from '../ledger.js'
import { type MeasuredCeiling, measureCeiling } from '../measured-ceiling.js'
import { type Pair, ratioOf } from '../ratio.js'
import { settledAmong } from '../settled.js'
import type { Run } from '../stage.js'
import { median } from '../statistics.js'
import type { Bench, Scenario, SharedStage } from './scenario.js'

export const main: Scenario = {
  name: 'main',
  about: 'as many single publishes as 64 connections bring, to 1,000 endpoints in 100 organizations, with history',
  play,
}

/** One run of the product, killed at its end, and the ceiling beside it. */
interface Round {
  run: Run
  checkpoint: Cost
  ledger: Ledger
  ceiling: MeasuredCeiling
  pair: Pair
}

async function play(bench: Bench): Promise<ScenarioResult> {
  const shared = await bench.shared()
  const rounds: Round[] = []
  for (let n = 1; n <= bench.options.pairs; n++) {
    const round = await playRound(bench, shared)
    rounds.push(round)
    bench.tell(`  pair ${n}: delivered ${round.pair.deliveredPerSecond.toFixed(0)}/s, ceiling ${round.pair.ceilingPerSecond.toFixed(0)}/s, lost ${round.ledger.lost}`)
  }
  const crash = await killUnderLoad(bench, shared)
  const fsyncs = await countFsyncs(bench, shared)
  const work = await countWork(bench, shared)
  const floors = floorsOf(bench.options)

  const pairs = rounds.map(({ pair }) => pair)
  const ratio = ratioOf(pairs)
  const of = (value: (round: Round) => number) => median(rounds.map(value))
  bench.known.deliveredPerSecond = of(({ pair }) => pair.deliveredPerSecond)
  bench.known.cpuUsPerPost = of(({ pair }) => pair.cpuUsPerPost)

  const figures: Figure[] = [
    { name: 'R (delivered ÷ ceiling)', value: ratio.r, unit: '', atLeast: floors.ratio },
    { name: 'K', value: ratio.k, unit: '' },
    { name: 'units', value: ratio.unitsPerDelivery, unit: 'posts per delivery', atMost: floors.units },
    { name: 'ceiling', value: of(({ pair }) => pair.ceilingPerSecond), unit: '/s' },
    { name: 'CPU of a ceiling post', value: bench.known.cpuUsPerPost, unit: 'µs' },
    { name: 'CPU of a delivery', value: of(({ pair }) => pair.cpuUsPerDelivery), unit: 'µs' },
    { name: 'delivered', value: bench.known.deliveredPerSecond, unit: '/s' },
    { name: 'accepted', value: of(({ run }) => run.published.accepted / run.publishSeconds), unit: '/s' },
    { name: 'left when publishing ended', value: of(({ run }) => 1 - run.deliveredWhilePublishing / run.published.expected), unit: 'of all', atMost: 0.1 },
    ...latencyFigures('accept', together(rounds.map(({ run }) => run.published.latencies))),
    ...latencyFigures('publish to receipt', together(rounds.map(({ run }) => run.latencies))),
    { name: 'resident', value: megabytes(Math.max(...rounds.map(({ run }) => run.server.residentBytes))), unit: 'MB', atMost: mostResidentMb },
    { name: 'written', value: of(({ run }) => run.server.writtenBytes / run.sink.distinct / 1024), unit: 'KB per delivery' },
    { name: 'final checkpoint', value: of(({ checkpoint }) => checkpoint.ms), unit: 'ms' },
    ...(fsyncs === undefined ? [] : [
      { name: 'fsyncs', value: fsyncs.count / fsyncs.deliveries, unit: 'per delivery' },
      { name: 'one fsync', value: fsyncs.ms, unit: 'ms' },
      ...(fsyncs.commits === undefined ? [] : [{ name: 'fsyncs ÷ commits of publishes', value: fsyncs.count / fsyncs.commits, unit: '', atLeast: 1 }]),
    ]),
    ...(work === undefined ? [] : workFigures(work, floors)),
    { name: 'lost', value: rounds.reduce((sum, { ledger }) => sum + ledger.lost, 0), unit: `of ${rounds.reduce((sum, { ledger }) => sum + ledger.accepted, 0)}`, atMost: 0 },
    { name: 'lost when killed under load', value: crash.ledger.lost, unit: `of ${crash.ledger.accepted}`, atMost: 0 },
    { name: 'sent twice when killed under load', value: crash.repeated, unit: '', atMost: 1000 },
    { name: 'ready again after the kill', value: crash.readyMs, unit: 'ms' },
  ]
  const remarks = [...ratio.voidBecause.map((reason) => `R and K are void: ${reason}`), ...rounds.flatMap(({ run }) => runRemarks(run))]
  if (bench.options.seconds < 60 || bench.options.pairs < 5) remarks.push(`R is official only from 60 s in 5 pairs; this was ${bench.options.seconds} s in ${bench.options.pairs}`)
  if (crash.cut === 0) remarks.push('the kill under load met no publish under way, so it proves less')
  if (fsyncs === undefined && work === undefined) remarks.push('strace is not installed, so fsyncs were not counted')
  return { scenario: main.name, figures, remarks, detail: { rounds: rounds.map(({ run, ...rest }) => ({ ...rest, run: withoutCounts(run) })), crash, fsyncs, work } }
}

async function playRound(bench: Bench, { stage, world, captured }: SharedStage): Promise<Round> {
  await stage.warmUp(world)
  const run = await stage.run(world, { targets: world.single, seconds: bench.options.seconds })
  await stage.server.kill()
  const checkpoint = await stage.database.checkpoint()
  await stage.kill()
  await stage.start()

  const { accepted, received } = await stage.acceptedAndReceived()
  const ledger = ledgerOf(accepted, received, await settledAmong(stage.server.api, world, accepted))
  const ceiling = await measureCeiling(stage, captured, world.secret)
  return {
    run, checkpoint, ledger, ceiling,
    pair: {
      deliveredPerSecond: ledger.settled / (run.seconds + checkpoint.ms / 1000),
      cpuUsPerDelivery: (run.server.cpuUs + checkpoint.cpuUs) / ledger.settled,
      ceilingPerSecond: ceiling.best.postsPerSecond,
      cpuUsPerPost: ceiling.best.cpuUsPerPost,
      sinkBusyInCeiling: ceiling.sinkBusy,
    },
  }
}

/** What a kill in the middle of publishing and delivering leaves behind. */
interface Crash {
  ledger: Ledger
  /** Publishes under way when the server was killed. */
  cut: number
  /** Deliveries that arrived before the kill and again after it. */
  repeated: number
  readyMs: number
}

async function killUnderLoad(bench: Bench, { stage, world }: SharedStage): Promise<Crash> {
  bench.tell('  killing the server under load')
  await stage.clear()
  const publishing = stage.publish({ targets: world.single, seconds: 30 })
  await pause(2000)
  await stage.kill()
  const published = await publishing
  const readyMs = await stage.start()

  const { accepted } = await stage.acceptedAndReceived()
  await stage.drained(world, published.expected, 60_000)
  // Events whose answer was cut off may be delivered as well, so the count alone does not say that each accepted one was.
  let ledger = await count()
  for (let again = 0; again < 20 && ledger.lost > 0; again++) {
    await pause(500)
    ledger = await count()
  }
  return { ledger, cut: published.unanswered, repeated: (await stage.sink.ask('counts')).repeated, readyMs }

  async function count(): Promise<Ledger> {
    const { received } = await stage.acceptedAndReceived()
    return ledgerOf(accepted, received, await settledAmong(stage.server.api, world, accepted))
  }
}

/** Of a SQLite file, whose process flushes it itself: a short run under strace, apart from all others because tracing costs time. */
async function countFsyncs(bench: Bench, { stage, world }: SharedStage): Promise<(Fsyncs & { deliveries: number; commits: number | undefined }) | undefined> {
  if (bench.options.database !== 'sqlite' || !hasStrace()) return undefined
  bench.tell('  counting fsyncs')
  const summary = join(stage.folder, 'fsyncs')
  await stage.server.stop()
  await stage.server.start(countingFsyncs(summary))
  const run = await stage.run(world, { targets: world.single, seconds: Math.min(5, bench.options.seconds) })
  const commits = (await stage.server.api.metrics()).get('posthorn_commit_size_count')
  await stage.server.stop()
  const fsyncs = fsyncsIn(readFileSync(summary, 'utf8'))
  await stage.server.start()
  return { ...fsyncs, deliveries: run.sink.distinct, commits }
}

/** What the database's own counts say of a short run, apart from all others because counting statements costs time. */
async function countWork(bench: Bench, { stage, world }: SharedStage): Promise<{ work: DatabaseWork; deliveries: number } | undefined> {
  await stage.server.stop()
  const before = await stage.database.work()
  await stage.server.start()
  if (before === undefined) return undefined
  bench.tell("  counting the database's work")
  await stage.warmUp(world)
  const warm = (await stage.sink.ask('counts')).distinct
  const run = await stage.run(world, { targets: world.single, seconds: Math.min(5, bench.options.seconds) })
  await stage.server.stop()
  const after = await stage.database.work()
  await stage.server.start()
  return after === undefined ? undefined : { work: workBetween(before, after), deliveries: warm + run.sink.distinct }
}

function workFigures({ work, deliveries }: { work: DatabaseWork; deliveries: number }, floors: Floors): Figure[] {
  const perDelivery = (name: string, count: number, atMost?: number): Figure => ({ name, value: count / deliveries, unit: 'per delivery', ...(atMost !== undefined && { atMost }) })
  return [
    perDelivery('statements', work.statements),
    perDelivery('transactions', work.transactions),
    perDelivery('events, deliveries, attempts inserted', work.rowsInserted, 3.01),
    perDelivery('events, deliveries, attempts updated', work.rowsUpdated, 1.01),
    perDelivery('other rows changed', work.otherRows),
    perDelivery('fsyncs', work.fsyncs),
    { name: 'write-ahead log', value: work.walBytes / 1024 / deliveries, unit: 'KB per delivery', ...(floors.walKilobytes !== undefined && { atMost: floors.walKilobytes }) },
  ]
}

function together(counts: readonly Uint32Array[]): Uint32Array {
  const sum = new LatencyHistogram()
  for (const each of counts) sum.add(new LatencyHistogram(each))
  return sum.counts
}

function withoutCounts({ latencies: _receipt, published: { latencies: _accept, ...published }, ...run }: Run): unknown {
  return { ...run, published }
}
