import { Agent, request } from 'undici'

/**
 * Publishes one event after another, many at a time, and writes down every 2xx. What got no answer is published again
 * under the same id until it gets one, as a careful client does.
 */
export class StubbornPublisher {
  /** The data of every event that was answered with 2xx, by its id. */
  readonly accepted = new Map<string, string>()
  /** Publishes that wait for their answer. */
  inFlight = 0
  /** Publishes that a kill left without an answer. */
  unanswered = 0
  #made = 0
  #isStopping = false
  #loops: Promise<void>[] = []
  readonly #agent = new Agent({ connections: 128 })
  readonly #server: () => { url: string; key: string; organization: string }

  constructor(server: () => { url: string; key: string; organization: string }) {
    this.#server = server
  }

  start(atATime: number): void {
    this.#loops = Array.from({ length: atATime }, () => this.#loop())
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    await Promise.all(this.#loops)
    await this.#agent.destroy()
  }

  async #loop(): Promise<void> {
    while (!this.#isStopping) {
      const id = `event-${++this.#made}`
      const data = `{"number":${this.#made},"amount":10.00,"note":"${'x'.repeat(200)}"}`
      while (!await this.#publish(id, data)) await new Promise((resolve) => { setTimeout(resolve, 150) })
      this.accepted.set(id, data)
    }
  }

  async #publish(id: string, data: string): Promise<boolean> {
    const { url, key, organization } = this.#server()
    this.inFlight++
    try {
      const { statusCode, body } = await request(`${url}/v1/organizations/${organization}/events`, {
        method: 'POST', dispatcher: this.#agent, headers: { authorization: `Bearer ${key}` }, body: `{"id":"${id}","type":"order.created","data":${data}}`,
      })
      const answer = await body.text()
      if (statusCode >= 400 && statusCode < 500) throw new Refused(`${statusCode}: ${answer}`)
      return statusCode === 202
    } catch (error) {
      if (error instanceof Refused) throw error
      this.unanswered++
      return false
    } finally {
      this.inFlight--
    }
  }
}

class Refused extends Error {}
