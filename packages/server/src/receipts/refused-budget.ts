export interface RefusedLimits { perMinute: Bounds; perDay: Bounds }
interface Bounds { count: number; bytes: number }

/** Enough to see what is wrong, and far from filling a disk: of one source, 64 MiB a day at most. */
export const refusedLimits: RefusedLimits = {
  perMinute: { count: 60, bytes: 1024 * 1024 },
  perDay: { count: 2_000, bytes: 64 * 1024 * 1024 },
}

/**
 * How many refused requests are kept with their bytes. Anybody can send what will be refused, as much of it as the line
 * holds, so what is beyond is only counted.
 */
export class RefusedBudget {
  readonly #spent = new Map<number, { minute: Window; day: Window }>()

  constructor(private readonly limits: RefusedLimits = refusedLimits) {}

  /** What may be kept of a refused request: all of it, its head alone, or nothing. That is spent then. */
  take(sourceId: number, bytes: number, now: number): 'whole' | 'head' | 'nothing' {
    const spent = this.#spent.get(sourceId) ?? { minute: new Window(60_000), day: new Window(86_400_000) }
    this.#spent.set(sourceId, spent)
    spent.minute.moveTo(now)
    spent.day.moveTo(now)
    if (!spent.minute.hasRoom(this.limits.perMinute, 0) || !spent.day.hasRoom(this.limits.perDay, 0)) return 'nothing'
    const isWhole = spent.minute.hasRoom(this.limits.perMinute, bytes) && spent.day.hasRoom(this.limits.perDay, bytes)
    spent.minute.spend(isWhole ? bytes : 0)
    spent.day.spend(isWhole ? bytes : 0)
    return isWhole ? 'whole' : 'head'
  }
}

class Window {
  #number = -1
  #count = 0
  #bytes = 0

  constructor(private readonly lengthMs: number) {}

  moveTo(now: number): void {
    const number = Math.floor(now / this.lengthMs)
    if (number === this.#number) return
    this.#number = number
    this.#count = 0
    this.#bytes = 0
  }

  hasRoom({ count, bytes }: Bounds, more: number): boolean {
    return this.#count < count && this.#bytes + more <= bytes
  }

  spend(bytes: number): void {
    this.#count++
    this.#bytes += bytes
  }
}
