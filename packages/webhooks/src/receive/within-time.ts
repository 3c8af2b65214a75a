import type { WebhookEvent } from './webhook-event.js'

export interface Work {
  event: WebhookEvent
  run(signal: AbortSignal): Promise<void>
}

export interface TimeLimit {
  /** On the clock of `performance.now()`. */
  deadline: number
  enqueue?(event: WebhookEvent): unknown
  /** Told about work that outlives the answer. */
  goOn(rest: Promise<unknown>): void
  onLateError(error: unknown, event: WebhookEvent): unknown
}

export type WorkOutcome = { ok: true } | { ok: false; error: unknown; event?: WebhookEvent }

/**
 * Works through the events until the sender must be answered. What is not done by then is handed over, which must succeed
 * before the answer; or, with nobody to hand it to, goes on behind the answer.
 */
export async function withinTime(work: readonly Work[], { deadline, enqueue, goOn, onLateError }: TimeLimit): Promise<WorkOutcome> {
  const abort = new AbortController()
  let done = 0
  const running = runAll()

  // Handing over takes time too: a quarter of what is left is kept for it.
  const left = Math.max(0, deadline - performance.now())
  if (await isSettled(running, enqueue ? left * 0.75 : left)) return running

  if (!enqueue) {
    goOn(running.then((outcome) => (outcome.ok ? undefined : onLateError(outcome.error, outcome.event!))))
    return { ok: true }
  }

  const rest = work.slice(done)
  const handedOver = Promise.all(rest.map(({ event }) => enqueue(event))).then<WorkOutcome, WorkOutcome>(() => ({ ok: true }), (error: unknown) => ({ ok: false, error, event: rest[0]?.event }))
  abort.abort(new Error('The event was handed to the queue.'))
  if (await isSettled(handedOver, Math.max(0, deadline - performance.now()))) return handedOver
  return { ok: false, error: new Error('enqueue did not take the event in time.'), event: rest[0]?.event }

  async function runAll(): Promise<WorkOutcome> {
    for (const { event, run } of work) {
      if (abort.signal.aborted) return { ok: true }
      try {
        await run(abort.signal)
        done += 1
      } catch (error) {
        // What fails after the hand-over is the queue's to do again.
        return abort.signal.aborted ? { ok: true } : { ok: false, error, event }
      }
    }
    return { ok: true }
  }
}

/** True when the promise settles within the time. */
async function isSettled(promise: Promise<unknown>, withinMs: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<false>((resolve) => { timer = setTimeout(() => resolve(false), withinMs) })
  try {
    return await Promise.race([promise.then(() => true, () => true), timeout])
  } finally {
    clearTimeout(timer)
  }
}
