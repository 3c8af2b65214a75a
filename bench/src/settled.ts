import type { Api } from './api.js'
import { sideBySide } from './side-by-side.js'
import type { World } from './world.js'

interface Page {
  data: { endpointId: string; eventId: string; state: string }[]
  next: string | null | undefined
}

/** As many as the API gives at once. */
const pageSize = 100

/**
 * Whether nothing is on its way any more, once the sink has received everything. The server's gauges tell it in one
 * request; of a server without them, the lists of what is pending or retrying are asked, one organization after the other.
 */
export async function isEverythingSettled(api: Api, organizationIds: readonly string[]): Promise<boolean> {
  const metrics = await api.metrics()
  const [inFlight, unsettled] = [metrics.get('posthorn_in_flight'), metrics.get('posthorn_unsettled')]
  if (inFlight !== undefined && unsettled !== undefined) return inFlight + unsettled === 0

  for (const organization of organizationIds) {
    for (const state of ['pending', 'retrying']) {
      const page = await api.get<Page>(`/v1/organizations/${organization}/deliveries?state=${state}&limit=1`)
      if (page.data.length > 0) return false
    }
  }
  return true
}

/**
 * Which of the `wanted` deliveries (`<endpoint number> <event id>`) the database holds as succeeded, told by the API.
 * The lists begin with the newest, so each organization is read back until a page holds nothing wanted; what is still
 * missing then is asked for one by one, as long as it is not more than a thousand.
 */
export async function settledAmong(api: Api, world: World, wanted: ReadonlySet<string>): Promise<Set<string>> {
  const numbers = new Map(world.endpoints.map(({ id, number }) => [id, number]))
  const organizations = new Map(world.endpoints.map(({ organizationId, number }) => [String(number), organizationId]))
  const settled = new Set<string>()

  const note = (page: Page): boolean => {
    let isAnyWanted = false
    for (const { endpointId, eventId, state } of page.data) {
      const delivery = `${numbers.get(endpointId)} ${eventId}`
      if (state !== 'succeeded' || !wanted.has(delivery)) continue
      settled.add(delivery)
      isAnyWanted = true
    }
    return isAnyWanted
  }

  await sideBySide(world.organizationIds, 4, async (organization) => {
    let after = ''
    for (;;) {
      const page = await api.get<Page>(`/v1/organizations/${organization}/deliveries?state=succeeded&limit=${pageSize}${after}`)
      if (!note(page) || !page.next) return
      after = `&after=${encodeURIComponent(page.next)}`
    }
  })

  const missing = [...wanted].filter((delivery) => !settled.has(delivery)).slice(0, 1000)
  await sideBySide(missing, 4, async (delivery) => {
    const [number = '', eventId = ''] = delivery.split(' ')
    note(await api.get<Page>(`/v1/organizations/${organizations.get(number)}/deliveries?eventId=${encodeURIComponent(eventId)}&limit=${pageSize}`))
  })
  return settled
}
