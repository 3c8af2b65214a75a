import type { Slices } from '../lanes/lanes.js'
import type { LiveNode } from '../lanes/sessions.js'

/**
 * Whose an organization is, while several nodes share a database: whose its events are to dispatch, and its lanes to take.
 * A node that dispatches what it delivers itself hands it over in memory; what another dispatched for it has to be read again.
 *
 * Nobody need agree on it at once. It is only where work goes first: whatever is left undone for a while anybody does, and
 * what may be sent is settled by sessions and lanes alone.
 */
export class Shares {
  readonly hasOthers: boolean
  readonly #dispatches: ReadonlySet<number>
  readonly #delivers: ReadonlySet<number>

  /** `nodes`: all that are there. Whoever does not stand among them leaves everything to those that do. */
  constructor(self: string, nodes: readonly LiveNode[]) {
    this.hasOthers = nodes.some(({ node }) => node !== self)
    const dispatchers = nodes.filter(({ dispatches }) => dispatches).map(({ node }) => node)
    const deliverers = nodes.filter(({ delivers }) => delivers).map(({ node }) => node)
    const owners = allSlices.map((slice) => {
      const dispatcher = ownerOf(slice, dispatchers)
      return { slice, dispatcher, deliverer: deliverers.includes(dispatcher) ? dispatcher : ownerOf(slice, deliverers) }
    })
    this.#dispatches = new Set(owners.filter(({ dispatcher }) => dispatcher === self).map(({ slice }) => slice))
    this.#delivers = new Set(owners.filter(({ deliverer }) => deliverer === self).map(({ slice }) => slice))
  }

  dispatches(organizationId: number): boolean {
    return this.#dispatches.has(organizationId % sliceCount)
  }

  delivers(organizationId: number): boolean {
    return this.#delivers.has(organizationId % sliceCount)
  }

  /** For SQL: the organizations that this node delivers for. Undefined: all. */
  get delivered(): Slices | undefined {
    return this.#delivers.size === sliceCount ? undefined : { of: sliceCount, ours: [...this.#delivers] }
  }
}

/** So many that the shares are of nearly the same size, and few enough to be named in a statement. */
const sliceCount = 128
const allSlices = Array.from({ length: sliceCount }, (_, slice) => slice)

/** Each slice goes to the node that draws highest for it, so one that comes or goes moves only its own share. */
function ownerOf(slice: number, nodes: readonly string[]): string {
  let owner = ''
  let highest = -1
  for (const node of nodes) {
    const drawn = hash(`${slice} ${node}`)
    if (drawn > highest || (drawn === highest && node < owner)) [owner, highest] = [node, drawn]
  }
  return owner
}

/** FNV-1a, and a last stirring: names that differ in one digit must draw quite differently. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}
