import { describe, expect, test } from 'vitest'
import { runChaos, type RunResult } from './run.js'
import { tableOf } from './report.js'
import { readOptions } from './options.js'
import type { Stage } from './stage.js'

// The short forms of `npm run chaos`. Assertions are on what must hold on any machine; what it took stands in the tables.
describe('a ledger that balances', () => {
  test('though two nodes and their PostgreSQL are killed, paused and cut off', { timeout: 300_000 }, async () => {
    await demandBalance(['--seconds', '10', '--nodes', '2', '--rate', '60', '--drain', '60'])
  })

  test('though a node on SQLite is killed and its disk is full: then publishes are refused, and it goes on by itself', { timeout: 300_000 }, async () => {
    const { recoveries } = await demandBalance(['--seconds', '5', '--database', 'sqlite', '--rate', '60', '--drain', '60'])
    const full = recoveries.filter(({ fault }) => fault.kind === 'fill the disk')
    expect(full.length).toBeGreaterThan(0)
    for (const { refused, acceptsAfterMs } of full) {
      expect(refused).toBeGreaterThan(0)
      expect(acceptsAfterMs).toBeLessThan(20_000)
    }
  })
})

async function demandBalance(words: readonly string[]): Promise<RunResult> {
  const seed = Math.floor(Math.random() * 1e9)
  let stage: Stage | undefined
  let result: RunResult
  try {
    const options = readOptions([...words, '--seed', String(seed)])
    if (options === 'help') throw new Error('not a run')
    result = await runChaos(options, { tell: () => {}, onOpen: (opened) => { stage = opened } })
  } finally {
    await stage?.close()
  }
  process.stdout.write(tableOf(result))
  const { ledger } = result
  expect({ lost: ledger.lost, unexpected: ledger.unexpected, inversions: ledger.inversions, pending: ledger.pending, stale: ledger.stale, crashes: result.crashes }, `seed ${seed}`).toEqual({ lost: [], unexpected: [], inversions: [], pending: [], stale: [], crashes: [] })
  expect(ledger.acceptedEvents).toBeGreaterThan(50)
  return result
}
