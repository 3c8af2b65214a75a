import { makeIdempotencyKey } from './idempotency-key.js'
import { errorOfAnswer, PosthornError } from './posthorn-error.js'
import { waitBeforeRetry } from './retry.js'

/** How a client reaches its server. */
export interface TransportOptions {
  url: string
  key: string | undefined
  headers: Readonly<Record<string, string>>
  fetch: typeof fetch
  timeoutMs: number
  retries: number
}

/** What a single call may be told. */
export interface CallOptions {
  /** Ends the call; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Of each try. */
  timeoutMs?: number | undefined
}

/** For what is not to be done twice: the same key and request get the first answer again, for 30 days. One is made for each call that brings none. */
export interface PostOptions extends CallOptions { idempotencyKey?: string | undefined }

export interface Request extends PostOptions {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the server's URL: `/v1/organizations`. */
  path: string
  query?: Query | undefined
  /** JSON text. */
  body?: string | undefined
}

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>
export interface Answer { status: number; headers: Headers; text: string }

/** Sends requests, and sends them again where that is safe and may help. */
export class Transport {
  constructor(readonly options: TransportOptions) {}

  /** The answer as a value. */
  async json<Value>(request: Request): Promise<Value> {
    const { text } = await this.send(request)
    return (text === '' ? undefined : JSON.parse(text)) as Value
  }

  /** @throws {PosthornError} unless the answer is a 2xx */
  async send(request: Request): Promise<Answer> {
    // Chosen once and sent with every try: so a request whose answer was lost is not done twice.
    const idempotencyKey = request.method === 'POST' ? request.idempotencyKey ?? makeIdempotencyKey() : undefined
    for (let tries = 1, mayBeDone = false; ; tries++) {
      const error = await this.#try({ ...request, idempotencyKey }).then((answer) => answer.status < 300 ? answer : errorOfAnswer(answer, Date.now()), asError)
      if (!(error instanceof PosthornError)) return error
      // It was there before; an earlier try has deleted it and could not say so.
      if (request.method === 'DELETE' && mayBeDone && error.status === 404) return { status: 204, headers: new Headers(), text: '' }
      const waitMs = waitBeforeRetry(error, tries, { retries: this.options.retries, random: Math.random() })
      if (waitMs === undefined) throw error
      mayBeDone ||= error.status === 0 || error.status >= 500
      await pause(waitMs, request.signal)
    }
  }

  /** The answer itself, for what is read as it comes. Only the wait for its head is bounded. */
  async open({ path, query, signal }: Pick<Request, 'path' | 'query' | 'signal'>, accept: string): Promise<Response> {
    // Once its head is there, the answer ends with the caller's signal alone.
    const { limited, stopClock } = limit({ signal, timeoutMs: this.options.timeoutMs })
    try {
      const response = await this.options.fetch(this.#urlOf(path, query), { headers: { ...this.#headers(), accept }, signal: limited.signal, cache: 'no-store' })
      if (response.ok) return response
      throw errorOfAnswer({ status: response.status, headers: response.headers, text: await response.text() }, Date.now())
    } catch (error) {
      throw failure(error, limited.signal, signal, this.options)
    } finally {
      stopClock()
    }
  }

  async #try({ method, path, query, body, signal, timeoutMs = this.options.timeoutMs, idempotencyKey }: Request): Promise<Answer> {
    const { limited, stopClock, unfollow } = limit({ signal, timeoutMs })
    try {
      const response = await this.options.fetch(this.#urlOf(path, query), {
        method, signal: limited.signal,
        headers: { ...this.#headers(), accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }), ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }) },
        ...(body !== undefined && { body }),
      })
      return { status: response.status, headers: response.headers, text: await response.text() }
    } catch (error) {
      throw failure(error, limited.signal, signal, { ...this.options, timeoutMs })
    } finally {
      stopClock()
      unfollow()
    }
  }

  #headers(): Record<string, string> {
    const { key, headers } = this.options
    return { ...headers, ...(key !== undefined && { authorization: `Bearer ${key}` }) }
  }

  #urlOf(path: string, query: Query = {}): string {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null).map(([name, value]) => [name, String(value)])
    const search = new URLSearchParams(given).toString()
    return `${this.options.url}${path}${search === '' ? '' : `?${search}`}`
  }
}

/** `/v1/organizations/acme`: each value is one step of the path, whatever it holds. */
export function pathOf(strings: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw({ raw: strings }, ...values.map((value) => {
    // A URL would read these as "here" and "one up", encoded or not.
    if (value === '' || value === '.' || value === '..') throw new TypeError(`${JSON.stringify(value)} is not an id.`)
    return encodeURIComponent(value)
  }))
}

/** Fulfilled after a while; rejected with the signal's reason when that comes first. */
export function pause(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, waitMs)
    signal?.addEventListener('abort', stop, { once: true })
  })
}

/** A signal that follows the caller's, and a clock. */
function limit({ signal, timeoutMs }: { signal: AbortSignal | undefined; timeoutMs: number }): { limited: AbortController; stopClock: () => void; unfollow: () => void } {
  const limited = new AbortController()
  const follow = (): void => limited.abort(signal?.reason)
  if (signal?.aborted) follow()
  signal?.addEventListener('abort', follow, { once: true })
  const timer = setTimeout(() => limited.abort(timedOut), timeoutMs)
  return { limited, stopClock: () => clearTimeout(timer), unfollow: () => signal?.removeEventListener('abort', follow) }
}

const timedOut = Symbol('timed out')

function failure(error: unknown, limited: AbortSignal, given: AbortSignal | undefined, { url, timeoutMs }: { url: string; timeoutMs: number }): unknown {
  if (error instanceof PosthornError) return error
  if (limited.aborted && limited.reason === timedOut) {
    return new PosthornError({ code: 'timeout', status: 0, detail: `There was no answer within ${timeoutMs} ms.`, fix: 'Raise timeoutMs, or see why the server is slow.', cause: error })
  }
  if (given?.aborted) return given.reason
  return new PosthornError({ code: 'network', status: 0, detail: `${url || 'The server'} could not be reached: ${reasonOf(error)}`, fix: 'Check that the server runs and that its URL is right.', cause: error })
}

/** What fetch says of itself is only that it failed. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { code?: string; message?: string } }
  return cause?.code ?? cause?.message ?? message ?? 'unknown'
}

function asError(error: unknown): PosthornError {
  if (error instanceof PosthornError) return error
  throw error
}
