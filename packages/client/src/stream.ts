import { readEventStream } from './event-stream.js'
import { PosthornError } from './posthorn-error.js'
import { waitBeforeRetry } from './retry.js'
import { pause, type Transport } from './transport.js'
import type { components } from './generated/api.js'

/** What happens on the server, as it happens. */
export type StreamMessage = components['schemas']['StreamMessage']

export interface StreamOptions {
  /** Only of this organization; an organization's key sees no other. */
  organization?: string | undefined
  signal?: AbortSignal | undefined
}

/**
 * Listens to `GET /v1/stream`, and listens again when the connection is lost. `connected` comes first each time: what
 * happened in between was not told, so that is the moment to read anew what is shown.
 */
export async function* stream(transport: Transport, { organization, signal }: StreamOptions): AsyncGenerator<StreamMessage, void, undefined> {
  const stopped = new AbortController()
  const stop = (): void => stopped.abort(signal?.reason)
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    for (let failures = 0; ;) {
      try {
        const response = await transport.open({ path: '/v1/stream', query: { organization }, signal: stopped.signal }, 'text/event-stream')
        for await (const { data } of readEventStream(response.body as ReadableStream<Uint8Array>)) {
          failures = 0
          yield JSON.parse(data) as StreamMessage
        }
      } catch (error) {
        signal?.throwIfAborted()
        // A connection that breaks while it is read is no refusal.
        const told = error instanceof PosthornError ? error : new PosthornError({ code: 'network', status: 0, detail: 'The connection was lost.', fix: '', cause: error })
        if (waitBeforeRetry(told, 1, { retries: 1, random: 0 }) === undefined) throw told
      }
      const lost = new PosthornError({ code: 'network', status: 0, detail: 'The connection was lost.', fix: '' })
      await pause(waitBeforeRetry(lost, ++failures, { retries: Infinity, random: Math.random() }) ?? 0, signal)
    }
  } finally {
    signal?.removeEventListener('abort', stop)
    stopped.abort()
  }
}
