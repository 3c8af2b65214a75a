import { describe, expect, test } from 'vitest'
import { Metrics } from './metrics.js'

describe('metrics', () => {
  test('count events, attempts by outcome and ended deliveries by state', async () => {
    const metrics = new Metrics({ withProcess: false })
    metrics.eventsAccepted(3)
    metrics.eventsAccepted(2)
    metrics.attemptEnded('accepted', 12)
    metrics.attemptEnded('timeout', 15_000)
    metrics.attemptEnded('timeout', 15_000)
    metrics.deliveriesEnded('succeeded', 1)
    const samples = await read(metrics)
    expect(samples).toMatchObject({
      posthorn_events_accepted_total: 5,
      'posthorn_attempts_total{outcome="accepted"}': 1,
      'posthorn_attempts_total{outcome="timeout"}': 2,
      'posthorn_deliveries_total{state="succeeded"}': 1,
      'posthorn_attempt_seconds_bucket{le="0.025"}': 1,
      posthorn_attempt_seconds_count: 3,
    })
  })

  test('show states of deliveries that have not happened yet as zero, so that a rate can be taken from the start', async () => {
    expect(await read(new Metrics({ withProcess: false }))).toMatchObject({ 'posthorn_deliveries_total{state="dead"}': 0, 'posthorn_deliveries_total{state="discarded"}': 0 })
  })

  test('go on counting after they were read', async () => {
    const metrics = new Metrics({ withProcess: false })
    metrics.eventsAccepted(1)
    await metrics.text()
    metrics.eventsAccepted(1)
    expect((await read(metrics))['posthorn_events_accepted_total']).toBe(2)
  })

  test('ask for what is in flight, unsettled and due only when they are read', async () => {
    const metrics = new Metrics({ withProcess: false })
    let inFlight = 4
    metrics.watch({ inFlight: () => inFlight, unsettled: () => 2, dueAgeSeconds: () => Promise.resolve(1.5), outboxAgeSeconds: () => 3, partitionDaysAhead: () => 7 })
    inFlight = 7
    expect(await read(metrics)).toMatchObject({ posthorn_in_flight: 7, posthorn_unsettled: 2, posthorn_due_age_seconds: 1.5, posthorn_outbox_age_seconds: 3, posthorn_partition_days_ahead: 7 })
  })

  test('show how many events a commit held, how long it took, and how long an event was on its way', async () => {
    const metrics = new Metrics({ withProcess: false })
    metrics.committed(40, 3)
    metrics.publishedToReceived(8)
    expect(await read(metrics)).toMatchObject({
      'posthorn_commit_size_bucket{le="20"}': 0, 'posthorn_commit_size_bucket{le="50"}': 1, posthorn_commit_size_sum: 40,
      'posthorn_commit_seconds_bucket{le="0.005"}': 1, posthorn_commit_seconds_sum: 0.003,
      'posthorn_publish_to_receipt_seconds_bucket{le="0.01"}': 1, posthorn_publish_to_receipt_seconds_count: 1,
    })
  })

  test('of two servers in one process stay apart', async () => {
    const [one, other] = [new Metrics(), new Metrics()]
    one.eventsAccepted(1)
    expect((await read(one))['posthorn_events_accepted_total']).toBe(1)
    expect((await read(other))['posthorn_events_accepted_total']).toBe(0)
  })

  test('tell of the process itself: processor time, memory, the event loop', async () => {
    const names = Object.keys(await read(new Metrics())).join(' ')
    for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds']) expect(names).toContain(name)
  })
})

async function read(metrics: Metrics): Promise<Record<string, number>> {
  const samples = (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]))
}
