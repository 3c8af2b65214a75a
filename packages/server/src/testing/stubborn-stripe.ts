import Stripe from 'stripe'
import { Agent, request } from 'undici'

/** One webhook: its id, and the text that never changes however often it is sent. */
export interface StripeWebhook { id: string; body: string }

/**
 * Sends webhooks as Stripe does, many at a time, signed by its own package: what got no 2xx is sent again, the same
 * bytes with a new signature, until it gets one.
 */
export class StubbornStripe {
  /** Ids of what was answered with 2xx. */
  readonly accepted = new Set<string>()
  /** Webhooks that wait for their answer. */
  inFlight = 0
  /** How often a webhook was sent whose answer a kill cut off, or that found nobody. */
  unanswered = 0
  /** Answers that were neither 2xx nor "come back later". There should be none. */
  readonly refusals: string[] = []
  #made = 0
  #isStopping = false
  #loops: Promise<void>[] = []
  readonly #agent = new Agent({ connections: 64 })

  constructor(private readonly options: { url: () => string; secret: string; webhook: (n: number) => StripeWebhook }) {}

  start(atATime: number): void {
    this.#loops = Array.from({ length: atATime }, () => this.#loop())
  }

  /** How many webhooks there are so far; all of them are accepted once it has stopped. */
  get made(): number { return this.#made }

  /** Fulfilled when everything that was begun has its 2xx. */
  async stop(): Promise<void> {
    this.#isStopping = true
    await Promise.all(this.#loops)
    await this.#agent.destroy()
  }

  async #loop(): Promise<void> {
    while (!this.#isStopping) {
      const webhook = this.options.webhook(this.#made++)
      while (!await this.#send(webhook)) await new Promise((resolve) => { setTimeout(resolve, 100) })
      this.accepted.add(webhook.id)
    }
  }

  async #send({ body }: StripeWebhook): Promise<boolean> {
    const signature = Stripe.webhooks.generateTestHeaderString({ payload: body, secret: this.options.secret })
    this.inFlight++
    try {
      const answer = await request(this.options.url(), { method: 'POST', dispatcher: this.#agent, headers: { 'content-type': 'application/json', 'stripe-signature': signature }, body })
      const text = await answer.body.text()
      if (answer.statusCode >= 300 && answer.statusCode !== 503) this.refusals.push(`${answer.statusCode} ${text}`)
      return answer.statusCode < 300
    } catch {
      this.unanswered++
      return false
    } finally {
      this.inFlight--
    }
  }
}
