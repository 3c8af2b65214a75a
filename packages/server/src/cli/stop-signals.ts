import type { StopSignal } from './given.js'

/**
 * Tells what the signals of an operator mean. The first asks to stop. Another one soon after is the same wish heard twice:
 * Ctrl-C reaches every process of the terminal, and npm passes on what it gets. A later one means now.
 */
export class StopSignals {
  /** Fulfilled at the first signal. */
  readonly asked: Promise<StopSignal>
  #askedAt: number | undefined
  #ask: (signal: StopSignal) => void = () => {}
  readonly #now: () => number
  readonly #exitNow: (code: number) => void

  constructor({ now, exitNow }: { now: () => number; exitNow: (code: number) => void }) {
    this.#now = now
    this.#exitNow = exitNow
    this.asked = new Promise((resolve) => { this.#ask = resolve })
  }

  receive(signal: StopSignal): void {
    if (this.#askedAt === undefined) {
      this.#askedAt = this.#now()
      this.#ask(signal)
    } else if (this.#now() - this.#askedAt >= sameWishMs) {
      this.#exitNow(exitCodes[signal])
    }
  }
}

export const sameWishMs = 1_000

/** What a shell reports of a process that the signal ended. */
const exitCodes: Record<StopSignal, number> = { SIGINT: 130, SIGTERM: 143 }
