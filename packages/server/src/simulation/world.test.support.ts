/**
 * Time, chance and everything that is on its way, all drawn from one seed: the same seed gives the same run. One thing
 * happens at a time; how long each takes is drawn so that now and then one is overtaken by many.
 */
export class World {
  /** Milliseconds since 1970; the database's clock shows it. */
  now = Date.UTC(2026, 0, 15, 12)
  steps = 0
  readonly #things: Thing[] = []
  readonly #trace: Told[] = []
  #order = 0
  #chance: number

  constructor(readonly seed: number) {
    this.#chance = seed >>> 0
  }

  /** From 0 up to, but not including, 1 (mulberry32). */
  readonly random = (): number => {
    this.#chance = (this.#chance + 0x6d2b79f5) >>> 0
    let t = this.#chance
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }

  below(n: number): number { return Math.floor(this.random() * n) }
  oneOf<T>(list: readonly T[]): T { return list[this.below(list.length)] as T }
  isChosen(probability: number): boolean { return this.random() < probability }

  /** How long a message takes: mostly a moment, sometimes as long as a hundred others. */
  get latencyMs(): number {
    const r = this.random()
    if (r < 0.7) return 0.1 + this.random() * 2
    return r < 0.95 ? 2 + this.random() * 18 : 20 + this.random() * 300
  }

  /** Does something after `ms`. What belongs to a process waits while that is paused, and never comes once it is dead. */
  after(ms: number, process: Process | undefined, happen: () => void): () => void {
    const thing: Thing = { at: this.now + Math.max(0, ms), order: this.#order++, process, happen, isOff: false }
    this.#push(thing)
    return () => { thing.isOff = true }
  }

  /** One step: the next thing happens. False when nothing ever will. */
  step(): boolean {
    for (;;) {
      const thing = this.#shift()
      if (thing === undefined) return false
      if (thing.isOff || thing.process?.state === 'dead') continue
      if (thing.process?.state === 'paused') {
        thing.process.heldBack.push(thing)
        continue
      }
      this.now = Math.max(this.now, thing.at)
      this.steps++
      thing.happen()
      return true
    }
  }

  resume(process: Process): void {
    process.state = 'running'
    for (const thing of process.heldBack.splice(0)) this.#push({ ...thing, at: this.now })
  }

  /** Remembers what happened, for whoever has to understand a violation. */
  tell(who: string, what: string, ...details: readonly unknown[]): void {
    this.#trace.push({ step: this.steps, at: this.now, who, what, details })
    if (this.#trace.length > 4_000) this.#trace.splice(0, 2_000)
  }

  /** The last that was told; `about` leaves out what does not name it. */
  trace(most: number, about?: string): string {
    const lines = this.#trace.map(({ step, at, who, what, details }) => `  step ${step}  ${new Date(at).toISOString().slice(14, 23)}  ${who}: ${what} ${details.map((detail) => typeof detail === 'string' ? detail : JSON.stringify(detail)).join(' ')}`.trimEnd())
    return (about === undefined ? lines : lines.filter((line) => line.includes(about))).slice(-most).join('\n')
  }

  // A heap, by time and then by the order in which things were begun.
  #push(thing: Thing): void {
    const things = this.#things
    let i = things.push(thing) - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!isBefore(thing, things[parent] as Thing)) break
      things[i] = things[parent] as Thing
      i = parent
    }
    things[i] = thing
  }

  #shift(): Thing | undefined {
    const things = this.#things
    const first = things[0]
    const last = things.pop()
    if (first === undefined || last === undefined || things.length === 0) return first
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= things.length) break
      if (child + 1 < things.length && isBefore(things[child + 1] as Thing, things[child] as Thing)) child++
      if (!isBefore(things[child] as Thing, last)) break
      things[i] = things[child] as Thing
      i = child
    }
    things[i] = last
    return first
  }
}

interface Thing { at: number; order: number; process: Process | undefined; happen: () => void; isOff: boolean }
interface Told { step: number; at: number; who: string; what: string; details: readonly unknown[] }

/** One run of a program: from its start until it is killed. */
export class Process {
  state: 'running' | 'paused' | 'dead' = 'running'
  readonly heldBack: Thing[] = []
  constructor(readonly name: string) {}
}

function isBefore(a: Thing, b: Thing): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
