import { expect, test } from 'vitest'
import { runChaos, type RunResult } from './run.js'
import { tableOf } from './report.js'
import { readOptions } from './options.js'
import type { Stage } from './stage.js'

// The short form of `npm run chaos`. Assertions are on what must hold on any machine; what it took stands in the table.
test('two nodes and their PostgreSQL are killed, paused and cut off, and the ledger balances', { timeout: 300_000 }, async () => {
  const seed = Math.floor(Math.random() * 1e9)
  let stage: Stage | undefined
  let result: RunResult
  try {
    const options = readOptions(['--seconds', '10', '--nodes', '2', '--rate', '60', '--drain', '60', '--seed', String(seed)])
    if (options === 'help') throw new Error('not a run')
    result = await runChaos(options, { tell: () => {}, onOpen: (opened) => { stage = opened } })
  } finally {
    await stage?.close()
  }
  process.stdout.write(tableOf(result))
  const { ledger } = result
  expect({ lost: ledger.lost, unexpected: ledger.unexpected, inversions: ledger.inversions, pending: ledger.pending, stale: ledger.stale, crashes: result.crashes }, `seed ${seed}`).toEqual({ lost: [], unexpected: [], inversions: [], pending: [], stale: [], crashes: [] })
  expect(ledger.acceptedEvents).toBeGreaterThan(50)
})
