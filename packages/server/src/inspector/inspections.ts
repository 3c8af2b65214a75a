import type { PlannedAnswer } from './planned-answer.js'
import type { RecordedRequest } from './recorded-request.js'

export const inspectorLimits = {
  requests: 100,
  keepMs: 24 * 60 * 60 * 1000,
  bodyBytes: 1024 * 1024,
  /** Of all inspectors together: what is oldest goes first. */
  totalBytes: 64 * 1024 * 1024,
  inspectors: 10_000,
} as const

/** What has arrived at the inspectors, in memory and within their limits. */
export class Inspections {
  readonly #now: () => number
  readonly #byId = new Map<string, Inspection>()
  /** Everything that is kept, in the order of its arrival. */
  readonly #arrivals = new Map<RecordedRequest, Inspection>()
  #bytes = 0

  constructor(now: () => number) {
    this.#now = now
  }

  record(id: string, arrived: Omit<RecordedRequest, 'number'>): void {
    const inspection = this.#open(id)
    const request = { ...arrived, number: ++inspection.lastNumber }
    inspection.requests.push(request)
    this.#arrivals.set(request, inspection)
    this.#bytes += sizeOf(request)
    if (inspection.requests.length > inspectorLimits.requests) this.#forget(inspection.requests[0] as RecordedRequest, inspection)
    this.#makeRoom()
  }

  /** Newest first. */
  requests(id: string): RecordedRequest[] {
    this.#makeRoom()
    return (this.#byId.get(id)?.requests ?? []).toReversed()
  }

  clear(id: string): void {
    const inspection = this.#byId.get(id)
    // Forgetting shortens the list that is walked here.
    for (const request of inspection?.requests.slice() ?? []) this.#forget(request, inspection as Inspection)
  }

  answer(id: string): PlannedAnswer | undefined {
    return this.#byId.get(id)?.answer
  }

  plan(id: string, answer: PlannedAnswer): void {
    this.#open(id).answer = answer
    this.#makeRoom()
  }

  #open(id: string): Inspection {
    const inspection = this.#byId.get(id) ?? { id, requests: [], lastNumber: 0, answer: undefined, usedAt: 0 }
    inspection.usedAt = this.#now()
    // Put last: the first one is then the one that nobody has used for the longest time.
    this.#byId.delete(id)
    this.#byId.set(id, inspection)
    return inspection
  }

  #makeRoom(): void {
    const expired = this.#now() - inspectorLimits.keepMs
    for (const [request, inspection] of this.#arrivals) {
      if (request.at > expired && this.#bytes <= inspectorLimits.totalBytes) break
      this.#forget(request, inspection)
    }
    for (const [id, inspection] of this.#byId) {
      if (inspection.usedAt > expired && this.#byId.size <= inspectorLimits.inspectors) break
      this.clear(id)
      this.#byId.delete(id)
    }
  }

  #forget(request: RecordedRequest, inspection: Inspection): void {
    inspection.requests.splice(inspection.requests.indexOf(request), 1)
    this.#arrivals.delete(request)
    this.#bytes -= sizeOf(request)
  }
}

interface Inspection {
  id: string
  requests: RecordedRequest[]
  lastNumber: number
  answer: PlannedAnswer | undefined
  usedAt: number
}

/** Near enough to what it takes in memory. */
function sizeOf({ body, headers, path }: RecordedRequest): number {
  return headers.reduce((size, [name, value]) => size + 2 * (name.length + value.length) + 100, 500 + body.byteLength + 2 * path.length)
}
