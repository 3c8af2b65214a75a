import type { Lane } from './lane.js'

/**
 * Whose turn it is. Organizations take turns, and within one its lanes do, so that neither a tenant with 20,000 busy
 * endpoints nor an endpoint with a long backlog makes the others wait for more than one of theirs.
 */
export class Turnstile {
  readonly #lanes = new Map<number, Lane[]>()
  readonly #order: number[] = []
  readonly #members = new Set<Lane>()

  get isEmpty(): boolean { return this.#members.size === 0 }

  /** Whoever has a lane in the line, in the order of their turns. */
  get organizations(): readonly number[] { return this.#order }

  /** How many of an organization's lanes stand in the line. */
  countOf(organizationId: number): number { return this.#lanes.get(organizationId)?.length ?? 0 }

  /** Lines a lane up behind its organization's others; harmless if it stands there. */
  add(lane: Lane): void {
    if (this.#members.has(lane)) return
    this.#members.add(lane)
    const line = this.#lanes.get(lane.organizationId)
    if (line !== undefined) line.push(lane)
    else {
      this.#lanes.set(lane.organizationId, [lane])
      this.#order.push(lane.organizationId)
    }
  }

  /** The next lane whose turn it is, taken out of the line, with its organization sent to the end; whom it is to `passOver` keeps its place. */
  take(passOver?: (organizationId: number) => boolean): Lane | undefined {
    const at = passOver === undefined ? 0 : this.#order.findIndex((id) => !passOver(id))
    const organization = at === 0 ? this.#order.shift() : this.#order.splice(at, at === -1 ? 0 : 1)[0]
    if (organization === undefined) return undefined
    const line = this.#lanes.get(organization) as Lane[]
    const lane = line.shift() as Lane
    if (line.length > 0) this.#order.push(organization)
    else this.#lanes.delete(organization)
    this.#members.delete(lane)
    return lane
  }
}
