import { Agent, request } from 'undici'

/** The product's HTTP API as an operator uses it; what a scenario sets up and counts goes through here. */
export class Api {
  readonly #url: string
  readonly #key: string
  readonly #agent = new Agent({ connections: 16, keepAliveTimeout: 1000 })

  constructor(url: string, key: string) {
    this.#url = url
    this.#key = key
  }

  get<T>(path: string): Promise<T> {
    return this.#ask('GET', path, undefined)
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.#ask('POST', path, body)
  }

  async isReady(): Promise<boolean> {
    try {
      const answer = await request(`${this.#url}/readyz`, { dispatcher: this.#agent })
      await answer.body.dump()
      return answer.statusCode === 200
    } catch {
      return false
    }
  }

  /** The sums of the product's metrics by name, over all labels. */
  async metrics(): Promise<Map<string, number>> {
    const answer = await request(`${this.#url}/metrics`, { dispatcher: this.#agent, headers: { authorization: `Bearer ${this.#key}` } })
    return metricsIn(await answer.body.text())
  }

  async #ask<T>(method: 'GET' | 'POST', path: string, body: unknown): Promise<T> {
    const answer = await request(this.#url + path, {
      method,
      dispatcher: this.#agent,
      headers: { authorization: `Bearer ${this.#key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
    })
    const text = await answer.body.text()
    if (answer.statusCode >= 300) throw new Error(`${method} ${path} answered ${answer.statusCode}: ${text.slice(0, 500)}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
}

export function metricsIn(text: string): Map<string, number> {
  const sums = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [, name, value] = /^([A-Za-z_:][\w:]*)(?:\{.*\})? (\S+)/.exec(line) ?? []
    if (name !== undefined) sums.set(name, (sums.get(name) ?? 0) + Number(value))
  }
  return sums
}
