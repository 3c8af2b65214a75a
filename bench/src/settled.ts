import type { Api } from './api.js'
import { sideBySide } from './side-by-side.js'
import type { World } from './world.js'

interface Page {
  data: { endpointId: string; eventId: string; state: string }[]
  next: string | null | undefined
}

/** As many as the API gives at once. */
const pageSize = 200

/**
 * Whether nothing is on its way any more, once the sink has received everything. The nodes' gauges tell it in one
 * request each; of nodes without them, the lists of what is pending or retrying are asked, one organization after the other.
 */
export async function isEverythingSettled(nodes: readonly Api[], organizationIds: readonly string[]): Promise<boolean> {
  const underWay = await Promise.all(nodes.map(underWayAt))
  if (underWay.every((count) => count !== undefined)) return underWay.every((count) => count === 0)

  const [api] = nodes as [Api]
  for (const organization of organizationIds) {
    for (const state of ['pending', 'retrying']) {
      const page = await api.get<Page>(`/v1/organizations/${organization}/deliveries?state=${state}&limit=1`)
      if (page.data.length > 0) return false
    }
  }
  return true
}

async function underWayAt(node: Api): Promise<number | undefined> {
  const metrics = await node.metrics()
  const [inFlight, unsettled] = [metrics.get('posthorn_in_flight'), metrics.get('posthorn_unsettled')]
  return inFlight === undefined || unsettled === undefined ? undefined : inFlight + unsettled
}

/**
 * Which of the `wanted` deliveries (`<endpoint number> <event id>`) the database holds as succeeded, told by the API.
 * The lists begin with the newest and ids sort by age, so each organization is read back to its oldest wanted event.
 */
export async function settledAmong(api: Api, world: World, wanted: ReadonlySet<string>): Promise<Set<string>> {
  const byId = new Map(world.endpoints.map((endpoint) => [endpoint.id, endpoint]))
  const oldest = oldestEvents(world, wanted)
  const settled = new Set<string>()

  await sideBySide([...oldest], 4, async ([organization, oldestId]) => {
    let after = ''
    for (;;) {
      const page = await api.get<Page>(`/v1/organizations/${organization}/deliveries?state=succeeded&limit=${pageSize}${after}`)
      for (const { endpointId, eventId, state } of page.data) {
        const delivery = `${byId.get(endpointId)?.number} ${eventId}`
        if (state === 'succeeded' && wanted.has(delivery)) settled.add(delivery)
      }
      const last = page.data.at(-1)
      if (!page.next || (last !== undefined && last.eventId < oldestId)) return
      after = `&after=${encodeURIComponent(page.next)}`
    }
  })
  return settled
}

/** The oldest wanted event of each organization that has one. */
function oldestEvents(world: World, wanted: ReadonlySet<string>): Map<string, string> {
  const organizations = new Map(world.endpoints.map(({ number, organizationId }) => [String(number), organizationId]))
  const oldest = new Map<string, string>()
  for (const delivery of wanted) {
    const [number = '', eventId = ''] = delivery.split(' ')
    const organization = organizations.get(number) ?? ''
    const known = oldest.get(organization)
    if (known === undefined || eventId < known) oldest.set(organization, eventId)
  }
  return oldest
}
