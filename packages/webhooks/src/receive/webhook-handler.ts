import type { SchemeName } from '../scheme-name.js'
import { jsonAnswer, problemAnswer, responseOf, type Answer } from './answer.js'
import { arrivedRequest, methodOf, type AnyRequest } from './arriving-request.js'
import { runCallbacks } from './callbacks.js'
import { claimAll, duplicateKeys } from './claims.js'
import { MemoryDuplicateStore } from './duplicate-store.js'
import { eventsOfRequest } from './events-of-request.js'
import type { AnyOptions, Platform, WebhookHandler, WebhookHandlerOptions } from './handler-options.js'
import { writeAnswer, type NodeResponse } from './node-answer.js'
import { provenSender } from './proven-sender.js'
import { withinTime } from './within-time.js'
import type { EventsOf, Schemas, WebhookEvent } from './webhook-event.js'

/**
 * Receives webhooks: proves where they come from, drops what came before, checks what they say, calls back, and answers within two seconds.
 *
 * A callback that throws before the answer makes it a 500, and the sender comes again. What takes longer than the sender waits is handed to
 * `enqueue`; without one it goes on after the answer, and a failure then reaches `onError` only: at most once.
 */
export function createWebhookHandler<const Scheme extends SchemeName | undefined = undefined, Own extends Schemas = {}>(
  options: WebhookHandlerOptions<Scheme, Own>,
): WebhookHandler<EventsOf<Scheme, Own>> {
  const loose = options as unknown as AnyOptions
  const surroundings = { options: loose, duplicates: loose.duplicates ?? new MemoryDuplicateStore() }
  const answer = (request: AnyRequest, platform?: Platform) => answerTo(request, surroundings, platform)

  async function handle(request: AnyRequest, second?: Platform | NodeResponse): Promise<Response | void> {
    if (second && 'end' in second) return writeAnswer(second, await answer(request))
    return responseOf(await answer(request, second))
  }
  return {
    handle: handle as WebhookHandler<EventsOf<Scheme, Own>>['handle'],
    answer,
    process: (event) => runCallbacks(loose, event as WebhookEvent, new AbortController().signal),
  }
}

interface Surroundings {
  options: AnyOptions
  duplicates: NonNullable<AnyOptions['duplicates']>
}

async function answerTo(request: AnyRequest, { options, duplicates }: Surroundings, platform: Platform = {}): Promise<Answer> {
  const arrivedAt = performance.now()
  const isChallenge = options.scheme === 'whatsapp' && methodOf(request) === 'GET'
  if (methodOf(request) !== 'POST' && !isChallenge) return problemAnswer(405, 'method_not_allowed', 'Webhooks are posted.', { allow: 'POST' })

  let claim
  try {
    const arrived = await arrivedRequest(request, options.maxBodyBytes ?? 5 * 1024 * 1024)
    if ('status' in arrived) return arrived
    const sender = await provenSender(arrived, options)
    if ('status' in sender) return sender
    const { handshake } = sender.verdict
    if (handshake) return { status: handshake.status, headers: { 'content-type': handshake.contentType }, body: handshake.body }
    const events = await eventsOfRequest(arrived, sender, options)
    if ('status' in events) return events

    claim = await claimAll(duplicates, await duplicateKeys(sender, arrived.body))
    if (claim.state === 'processed') return accepted(sender.scheme, true)
    if (claim.state === 'in-progress') return problemAnswer(409, 'in_progress', 'Another request with the same event is being handled right now.', { 'retry-after': '2' })

    const work = events.map((event) => ({ event, run: (signal: AbortSignal) => runCallbacks(options, event, signal) }))
    const outcome = await withinTime(work, {
      deadline: arrivedAt + (options.answerWithinMs ?? 1_900),
      enqueue: options.enqueue,
      goOn: (rest) => (platform.waitUntil ?? options.waitUntil)?.(rest),
      onLateError: (error, event) => report(options, error, { event, isAnswered: true }),
    })
    if (!outcome.ok) {
      await claim.release()
      await report(options, outcome.error, { event: outcome.event, isAnswered: false })
      return problemAnswer(500, 'callback_failed', 'The event was received, but handling it failed. Send it again.')
    }
    await claim.markProcessed()
    return accepted(sender.scheme, false)
  } catch (error) {
    // The secret, the duplicate store or the connection failed: nothing is known to be done, so the sender has to come again.
    await claim?.release().catch(() => {})
    await report(options, error, { isAnswered: false })
    return problemAnswer(500, 'receiver_failed', 'This receiver is not able to take webhooks at the moment. Send it again.')
  }
}

function accepted(scheme: SchemeName, isDuplicate: boolean): Answer {
  // Twilio reads the answer as instructions; these are none.
  if (scheme === 'twilio') return { status: 200, headers: { 'content-type': 'text/xml' }, body: '<Response/>' }
  return jsonAnswer(200, isDuplicate ? { ok: true, duplicate: true } : { ok: true })
}

async function report(options: AnyOptions, error: unknown, about: { event?: WebhookEvent; isAnswered: boolean }): Promise<void> {
  try {
    if (options.onError) await options.onError(error, about)
    else lastResort(`A webhook callback failed${about.event ? ` for ${about.event.type}` : ''}.`, error)
  } catch (second) {
    lastResort('onError itself failed.', second)
  }
}

/** There is nobody else to tell, and silence would lose the failure for good. */
function lastResort(what: string, error: unknown): void {
  // oxlint-disable-next-line no-console
  console.error(what, error)
}
