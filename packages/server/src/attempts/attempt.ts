import { errors as undiciErrors, type Dispatcher } from 'undici'
import type { Connection, Connections } from './connections.js'
import { judgeAnswer, type ErrorClass, type Outcome } from './outcome.js'

/** One HTTP request of a delivery, and what came back. */
export interface AttemptResult {
  outcome: Outcome
  durationMs: number
  status: number | null
  errorClass: ErrorClass | null
  error: string | null
  responseHeaders: Record<string, string | string[]> | null
  /** The beginning of the answer's body, as bytes. */
  excerpt: Uint8Array | null
}

export interface AttemptRequest {
  origin: string
  path: string
  headers: Record<string, string>
  body: string
  timeoutMs: number
}

export const answerLimits = {
  /** Read of an answer at the most; then the socket is closed. */
  maxBytes: 64 * 1024,
  excerptBytes: 4 * 1024,
  excerptBytesOfSuccess: 1024,
  maxInterimAnswers: 8,
} as const

/**
 * Sends once and calls back once, with one deadline over everything: connecting, waiting, reading. A socket that was
 * kept open and turns out to be closed before any answer costs nothing: the same request goes out again at once, on a
 * new one, within the same deadline.
 */
export function attempt(connections: Connections, request: AttemptRequest, done: (result: AttemptResult) => void): void {
  new Attempt(connections, request, done).start()
}

class Attempt implements Dispatcher.DispatchHandler {
  readonly #startedAt = performance.now()
  #controller: Dispatcher.DispatchController | undefined
  #connection: Connection | undefined
  #timer: NodeJS.Timeout | undefined
  #isDone = false
  #isPastDeadline = false
  #hasTriedAgain = false
  #status: number | null = null
  #headers: Record<string, string | string[]> | null = null
  #interimAnswers = 0
  #chunks: Buffer[] = []
  #bytes = 0

  constructor(
    private readonly connections: Connections,
    private readonly request: AttemptRequest,
    private readonly done: (result: AttemptResult) => void,
  ) {}

  start(): void {
    this.#timer = setTimeout(() => this.#passDeadline(), this.request.timeoutMs)
    this.#dispatch(false)
  }

  #dispatch(isNew: boolean): void {
    const { origin, path, headers, body } = this.request
    try {
      this.#connection = this.connections.take(origin, { isNew })
      this.#connection.client.dispatch({ origin, path, method: 'POST', headers, body }, this)
    } catch (error) {
      this.#letGo()
      this.#fail(error as Error)
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // A request that waited for its socket past the deadline was already reported; it must not go out after that.
    if (this.#isPastDeadline) controller.abort(new Error('past the deadline'))
  }

  onResponseStart(controller: Dispatcher.DispatchController, statusCode: number, headers: Record<string, string | string[] | undefined>): void {
    if (statusCode < 200) {
      if (++this.#interimAnswers > answerLimits.maxInterimAnswers) controller.abort(new Error('The endpoint sent too many interim answers (1xx).'))
      return
    }
    this.#status = statusCode
    this.#headers = headers as Record<string, string | string[]>
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const room = answerLimits.excerptBytes - this.#bytes
    if (room > 0) this.#chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk)
    this.#bytes += chunk.length
    if (this.#bytes > answerLimits.maxBytes) controller.abort(new Error('enough read'))
  }

  onResponseEnd(): void {
    this.#letGo()
    this.#answer()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const wasUsed = this.#connection?.wasUsed ?? false
    this.#letGo()
    // Whatever becomes of the body, the status line has said what the endpoint means.
    if (this.#status !== null) this.#answer()
    else if (wasUsed && this.#isReset(error)) {
      this.#hasTriedAgain = true
      this.#dispatch(true)
    } else this.#fail(error)
  }

  onRequestUpgrade(controller: Dispatcher.DispatchController): void {
    controller.abort(new Error('The endpoint wants to switch protocols.'))
  }

  #passDeadline(): void {
    this.#isPastDeadline = true
    if (this.#status !== null) this.#answer()
    else this.#finish({ kind: 'failed', errorClass: 'timeout' }, `No answer within ${this.request.timeoutMs} ms.`)
    this.#controller?.abort(new Error('past the deadline'))
  }

  /** Called when the connection has nothing of this attempt any more; only then may another use it. */
  #letGo(): void {
    if (this.#connection === undefined) return
    this.connections.giveBack(this.#connection)
    this.#connection = undefined
  }

  /** Closed before a single byte of an answer, and not by us: on a connection that had been idle, that is nobody's fault. */
  #isReset(error: Error): boolean {
    if (this.#hasTriedAgain || this.#isPastDeadline || this.#isDone || this.#interimAnswers > 0) return false
    return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes((error as Error & { code?: string }).code ?? '')
  }

  #answer(): void {
    const status = this.#status as number
    const retryAfter = this.#headers?.['retry-after']
    const outcome = judgeAnswer(status, Array.isArray(retryAfter) ? retryAfter[0] : retryAfter, Date.now())
    this.#finish(outcome, null)
  }

  #fail(error: Error): void {
    const errorClass = classify(error)
    this.#finish({ kind: 'failed', errorClass }, error.message)
  }

  #finish(outcome: Outcome, error: string | null): void {
    if (this.#isDone) return
    this.#isDone = true
    clearTimeout(this.#timer)
    const limit = outcome.kind === 'accepted' ? answerLimits.excerptBytesOfSuccess : answerLimits.excerptBytes
    const excerpt = this.#chunks.length === 0 ? null : Buffer.concat(this.#chunks).subarray(0, limit)
    this.done({
      outcome,
      durationMs: Math.round(performance.now() - this.#startedAt),
      status: this.#status,
      errorClass: outcome.kind === 'failed' ? outcome.errorClass : outcome.kind === 'gone' ? 'http' : null,
      error,
      responseHeaders: this.#headers,
      excerpt,
    })
  }
}

/** The dialler names its own failures; what is left happened on an open connection. */
function classify(error: Error): ErrorClass {
  const { errorClass, code, cause } = error as Error & { errorClass?: ErrorClass; code?: string }
  if (errorClass !== undefined) return errorClass
  if (cause instanceof Error && (cause as { errorClass?: ErrorClass }).errorClass !== undefined) return (cause as { errorClass?: ErrorClass }).errorClass as ErrorClass
  if (error instanceof undiciErrors.ConnectTimeoutError) return 'timeout'
  if (error instanceof undiciErrors.HTTPParserError || error instanceof undiciErrors.HeadersOverflowError) return 'http'
  if (code?.startsWith('ERR_TLS') || code?.startsWith('ERR_SSL')) return 'tls'
  return 'connect'
}
