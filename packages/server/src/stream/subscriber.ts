import type { AttemptMessage, EventMessage, MissedMessage, ReceiptMessage, StreamMessage } from './stream-message.js'

export type Telling = EventMessage | AttemptMessage | ReceiptMessage

export const subscriberLimits = {
  /** Messages that somebody can still follow; what is more is only counted. */
  perSecond: 200,
  /** What may wait for a reader; whoever is slower is let go, and may come again. */
  maxWaitingBytes: 256 * 1024,
} as const

/** Whoever listens: to one organization, or to all. */
export interface Listener {
  organization: string | undefined
  /** Receipts are the operator's own matter. */
  hearsReceipts: boolean
  /** False: it cannot take more, and is to be let go. */
  send(message: StreamMessage): boolean
}

/** Tells one listener what concerns it, as fast as it can be read. */
export class Subscriber {
  #toldThisSecond = 0
  #missed = nothingMissed()
  isLost = false

  constructor(private readonly listener: Listener) {}

  concerns(organization: string | null): boolean {
    return this.listener.organization === undefined || this.listener.organization === organization
  }

  tell(message: Telling): void {
    if (!this.concerns(message.organization) || (message.kind === 'receipt' && !this.listener.hearsReceipts)) return
    if (this.#toldThisSecond >= subscriberLimits.perSecond) this.#missed[countOf[message.kind]]++
    else {
      this.#toldThisSecond++
      this.#send(message)
    }
  }

  /** Once a second: what could not be told is told as counts. */
  secondPassed(): void {
    this.#toldThisSecond = 0
    const { events, attempts, receipts } = this.#missed
    if (events + attempts + receipts === 0) return
    this.#send(this.#missed)
    this.#missed = nothingMissed()
  }

  #send(message: StreamMessage): void {
    if (!this.isLost && !this.listener.send(message)) this.isLost = true
  }
}

const countOf = { event: 'events', attempt: 'attempts', receipt: 'receipts' } as const

function nothingMissed(): MissedMessage {
  return { kind: 'missed', events: 0, attempts: 0, receipts: 0 }
}
