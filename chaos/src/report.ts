import type { RunResult } from './run.js'

const shownAtMost = 10

/** The ledger as people read it. */
export function tableOf({ ledger, recoveries, answers, unanswered, crashes, disk, drainMs, options, isGood }: RunResult): string {
  const explained = Object.entries(ledger.explained).map(([kind, count]) => `${count} ${kind}`).join(', ')
  const rows: [string, string | number][] = [
    ['accepted events', ledger.acceptedEvents], ['deliveries owed', ledger.owed], ['delivered', ledger.delivered], ['dead', ledger.dead], ['pending', ledger.pending.length], ['LOST', ledger.lost.length],
    ['unexpected', ledger.unexpected.length], ['duplicates', `${ledger.duplicates}${explained === '' ? '' : ` (${explained})`}`], ['duplicates without a fault', ledger.unexplained.length],
    ['stale settlements applied', ledger.stale.length], ['inversions on strict endpoints', ledger.inversions.length],
    ['publishes without an answer at the end', unanswered.length], ['nodes that ended by themselves', crashes.length],
    ['answers to publishes', Object.entries(answers).map(([status, count]) => `${count} × ${status}`).join(', ')], ['drained within', `${(drainMs / 1_000).toFixed(1)} s`],
    ...(disk === undefined ? [] : [['disk', disk] as [string, string]]),
  ]
  const times = recoveries.map(({ fault, refused, acceptsAfterMs, caughtUpAfterMs }) => `  ${fault.kind.padEnd(16)} ${((fault.until - fault.from) / 1_000).toFixed(1).padStart(5)} s   ${String(refused).padStart(4)} × 503   accepts after ${String(acceptsAfterMs ?? '–').padStart(5)} ms   caught up after ${String(caughtUpAfterMs).padStart(6)} ms   ${fault.what}`)
  const wrong = Object.entries({ ...ledger, crashes, unanswered }).flatMap(([name, list]) => Array.isArray(list) && list.length > 0 ? [`  ${name}:`, ...list.slice(0, shownAtMost).map((line) => `    ${line}`)] : [])
  return [
    '', `The ledger: ${options.database}, ${options.nodes} node${options.nodes === 1 ? '' : 's'}, seed ${options.seed}: ${isGood ? 'it balances' : 'IT DOES NOT BALANCE'}`,
    ...rows.map(([name, value]) => `  ${name.padEnd(40)} ${value}`), '', 'After each fault', ...times, ...(wrong.length === 0 ? [] : ['', 'What is wrong', ...wrong]), '',
  ].join('\n')
}
