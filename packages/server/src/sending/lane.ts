import type { StoredEvent } from '../events/event.js'
import type { Target } from '../attempts/target.js'

/** A delivery in this node's memory. */
export interface Item {
  eventId: number
  endpointId: number
  attempts: number
  step: number
  format: number
  exempt: boolean
  /** Waiting in the database (state 1), read from there; else handed over (state 0), and only this memory has it. */
  isFromDatabase: boolean
  dueAt: number
  event: StoredEvent
}

export const windowAtFirst = 8
export const maxWindow = 64

/**
 * One endpoint's way out, in the memory of the node that owns it: what is queued, how much may be under way, and what
 * must be known before the next may start. Pure bookkeeping: it opens no connection and reads no clock.
 */
export class Lane {
  target: Target | undefined
  /** First attempts, in the order of the stream; on a strictly ordered lane everything that is not exempt. */
  readonly fresh = new ItemQueue()
  /** Retries and replays, in the order in which they are due. */
  readonly again = new ItemQueue()
  inFlight = 0
  unsettled = 0
  /** Concurrency: grows with each success, halves with each failure, so a lane ramps up again after an outage. */
  window = windowAtFirst
  /** For an endpoint with a rate: no attempt before this. */
  nextStartAt = 0
  /** When the earliest delivery that waits in the database is due, as far as this node knows. */
  nextDueAt: number | null = null
  failingSince: number | null = null
  /** The database holds more for this lane than memory: nothing is handed over until it was read. */
  isBehind = false
  /** To be looked at: somebody wrote to the lane, or something fell due. */
  wantsLook = false
  isLooking = false
  /** Waits for its settings. */
  isLoading = false
  isReturning = false
  /** The database may hold older deliveries than memory: they were given back, or a look at them has failed, and no later look was seen. */
  isShort = false
  /** A strictly ordered lane's look read so far, and there is more: what memory has beyond may have older ones before it. */
  readUpTo = Infinity
  /** What the look that is under way has read may be without what was given back. */
  isLookOutdated = false
  /** A turn was under way when a look was seen: what it hands over may be older than what was read. */
  awaitsTurn = false
  /** A transaction is under way that lets go of it: until that is over, nobody knows whose it is. */
  isLetGo = false
  /** Sends nothing until its settings have been read anew. */
  isHalted = false
  /** Its endpoint is paused, disabled or deleted: nothing more is sent, and the lane is let go of. */
  isStopped = false
  /** Another node is to have it: nothing more is sent, and the lane is let go of. */
  isLeaving = false
  idleSince = 0
  bytes = 0
  /** Known once the settings are; only then is anything sent. */
  organizationId = 0
  /**
   * What was settled while a look was under way, and when it is due again: what that look read with fewer attempts, it read
   * before, and must not bring back.
   */
  readonly settledMeanwhile = new Map<number, { attempts: number; dueAt: number | null }>()
  /** With how many attempts each was taken in. */
  readonly #keys = new Map<number, number>()
  /** Read with more attempts than are known of here: settled, though the answer is on its way yet, and made due again since. */
  readonly #movedOn = new Set<number>()

  /** `generation`: the session under which the lane was taken, by count. */
  constructor(readonly endpointId: number, readonly generation: number) {}

  /** Deliveries of this lane in memory: queued, in flight or unsettled. */
  get size(): number { return this.#keys.size }
  get queued(): number { return this.fresh.length + this.again.length }
  /** It will be let go of as soon as what is under way has been settled. */
  get isClosing(): boolean { return this.isStopped || this.isLeaving }
  /** Strictly ordered, and what comes next has to be read first. */
  get isGap(): boolean { return (this.fresh.peek()?.eventId ?? 0) > this.readUpTo }
  get isIdle(): boolean { return this.#keys.size === 0 && (this.isLeaving || (!this.isBehind && !this.wantsLook)) && !this.isLooking && !this.isLoading && !this.isReturning }

  /** Takes a delivery in, once: what is queued, in flight or unsettled already is not taken again. */
  add(item: Item): boolean {
    const known = this.#keys.get(item.eventId)
    if (known !== undefined) {
      if (item.attempts > known) this.#movedOn.add(item.eventId)
      return false
    }
    this.#keys.set(item.eventId, item.attempts)
    if (item.step > 0 && !this.target?.ordered || item.exempt) this.again.push(item)
    else if (this.target?.ordered === true) this.fresh.insert(item)
    else this.fresh.push(item)
    return true
  }

  /** What is to be sent next, or undefined when nothing may start now. */
  next(now: number, preferAgain: boolean): Item | undefined {
    if (this.target === undefined || !this.target.isEnabled || this.isHalted || this.isLeaving || this.isReturning || now < this.nextStartAt) return undefined
    if (this.target.ordered) {
      // The next one starts only when the one before is settled: a crash in between must not turn the order round.
      // And what is just being read may be older than what was handed over meanwhile.
      if (this.inFlight + this.unsettled > 0 || this.isLooking || this.isShort || this.awaitsTurn) return undefined
      const head = this.isGap ? undefined : this.fresh.peek()
      return preferAgain || head === undefined || head.dueAt > now ? this.again.peek() ?? (head !== undefined && head.dueAt <= now ? head : undefined) : head
    }
    if (this.inFlight >= this.window) return undefined
    return preferAgain ? this.again.peek() ?? this.fresh.peek() : this.fresh.peek() ?? this.again.peek()
  }

  start(item: Item, now: number): void {
    if (this.again.peek() === item) this.again.shift()
    else this.fresh.shift()
    this.inFlight++
    if (this.target !== undefined && this.target.spacingMs > 0) this.nextStartAt = Math.max(now, this.nextStartAt) + this.target.spacingMs
  }

  /** An attempt has ended; its delivery stays known until that is settled. */
  end(isSuccess: boolean): void {
    this.inFlight--
    this.unsettled++
    this.window = isSuccess ? Math.min(maxWindow, this.window + 1) : Math.max(1, Math.floor(this.window / 2))
  }

  /**
   * Settled with so many attempts for good, or until it is read from the database again when it is due. True where it was
   * read meanwhile as something to be sent anew, and has to be read again for that.
   */
  forget(eventId: number, attempts: number, dueAt: number | null): boolean {
    this.unsettled--
    this.#keys.delete(eventId)
    if (this.isLooking) this.settledMeanwhile.set(eventId, { attempts, dueAt })
    return this.#movedOn.delete(eventId)
  }

  /** Settled as waiting on a strictly ordered lane: it stays the head and blocks until it is due. */
  blockHead(item: Item): void {
    this.unsettled--
    this.#keys.set(item.eventId, item.attempts)
    this.fresh.unshift(item)
  }

  /** Drops what is queued and gives it; what is in flight or unsettled stays. */
  dropQueued(): Item[] {
    const dropped = [...this.fresh.drain(), ...this.again.drain()]
    for (const item of dropped) this.#keys.delete(item.eventId)
    if (dropped.length > 0) this.isShort = this.isLookOutdated = true
    return dropped
  }

  beginLook(): void {
    this.wantsLook = false
    this.isLooking = true
    this.isLookOutdated = false
    this.settledMeanwhile.clear()
  }

  /** The look is over. Its mark in the database may be gone though it brought nothing. */
  endLook(isSeen: boolean): void {
    this.isLooking = false
    if (!isSeen) this.isShort = true
    else if (!this.isLookOutdated) this.isShort = false
  }
}

/** A queue whose first is taken in constant time. */
class ItemQueue {
  /** What was taken leaves its place empty: else a thousand lanes would hold on to what they sent long ago. */
  #items: (Item | undefined)[] = []
  #first = 0

  get length(): number { return this.#items.length - this.#first }
  peek(): Item | undefined { return this.#items[this.#first] }
  push(item: Item): void { this.#items.push(item) }
  /** Into the order of the stream; nearly always that is the end. */
  insert(item: Item): void {
    let at = this.#items.length
    while (at > this.#first && (this.#items[at - 1] as Item).eventId > item.eventId) at--
    this.#items.splice(at, 0, item)
  }

  unshift(item: Item): void {
    if (this.#first > 0) this.#items[--this.#first] = item
    else this.#items.unshift(item)
  }

  shift(): Item | undefined {
    const item = this.#items[this.#first]
    if (item === undefined) return undefined
    this.#items[this.#first++] = undefined
    if (this.#first === this.#items.length || (this.#first > 64 && this.#first * 2 > this.#items.length)) {
      this.#items = this.#items.slice(this.#first)
      this.#first = 0
    }
    return item
  }

  drain(): Item[] {
    const items = this.#items.slice(this.#first) as Item[]
    this.#items = []
    this.#first = 0
    return items
  }
}
