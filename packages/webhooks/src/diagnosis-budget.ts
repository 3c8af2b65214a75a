/**
 * Finding out why a request was refused costs more than refusing it, and anybody can send requests to be refused. So each second has
 * an allowance for it, counted in bytes looked at; under a flood the verdict stays the same and only its reason gets shorter.
 */
export class DiagnosisBudget {
  readonly #bytesPerSecond: number
  readonly #clock: () => number
  #secondBeganAt = -Infinity
  #spentBytes = 0

  constructor(bytesPerSecond = 1024 * 1024, clock: () => number = () => performance.now()) {
    this.#bytesPerSecond = bytesPerSecond
    this.#clock = clock
  }

  /** What `diagnose` finds about so many bytes, or undefined when it finds nothing or nothing is left of the allowance. */
  async spend<T>(bytes: number, diagnose: () => Promise<T | undefined>): Promise<T | undefined> {
    const now = this.#clock()
    if (now - this.#secondBeganAt >= 1_000) {
      this.#secondBeganAt = now
      this.#spentBytes = 0
    }
    if (this.#spentBytes >= this.#bytesPerSecond) return undefined
    this.#spentBytes += bytesEachCosts + bytes
    return diagnose()
  }
}

// Even an empty body takes some twenty HMACs to look at.
const bytesEachCosts = 1024

/** One for the process: the processor is one, too. */
export const diagnosisBudget = new DiagnosisBudget()
