import type { Api } from './api.js'
import type { Target } from './publisher.js'
import { sideBySide } from './side-by-side.js'

/** An endpoint of the workload: endpoint `n` posts to `<origin>/e/<n>` at the sink. */
export interface BenchEndpoint {
  number: number
  id: string
  organizationId: string
}

/** Organizations with their endpoints and publishing keys, made through the API. */
export interface World {
  organizationIds: string[]
  endpoints: BenchEndpoint[]
  /** The signing secret of the first endpoint; the ceiling signs with it. */
  secret: string
  /** Publishes that reach exactly one endpoint each. The organization changes from each to the next. */
  single: Target[]
  /** Publishes that reach exactly three endpoints of an organization each. */
  triple: Target[]
}

export interface WorldSize {
  name: string
  organizations: number
  endpointsEach: number
  origins: readonly string[]
  /** The first endpoint's number, so that the endpoints of two worlds differ. */
  firstNumber: number
}

export async function makeWorld(api: Api, size: WorldSize): Promise<World> {
  const secrets: string[] = []
  const organizations = await sideBySide(Array.from({ length: size.organizations }, (_, n) => n), 8, async (n) => {
    const { id } = await api.post<{ id: string }>('/v1/organizations', { name: `${size.name} ${n}` })
    const { key } = await api.post<{ key: string }>(`/v1/organizations/${id}/keys`, { name: 'bench', scopes: ['events:publish'] })
    const endpoints: BenchEndpoint[] = []
    for (let place = 0; place < size.endpointsEach; place++) {
      const number = size.firstNumber + n * size.endpointsEach + place
      const made = await api.post<{ id: string; secret: string }>(`/v1/organizations/${id}/endpoints`, {
        url: `${size.origins[number % size.origins.length]}/e/${number}`,
        eventTypes: [`one.n${place}`, `three.n${Math.floor(place / 3)}`],
      })
      endpoints.push({ number, id: made.id, organizationId: id })
      if (number === size.firstNumber) secrets.push(made.secret)
    }
    return { id, key, endpoints }
  })

  const targets = (eventType: (place: number) => string, places: readonly (readonly number[])[]): Target[] =>
    places.flatMap((reached, place) => organizations.map(({ id, key, endpoints }) => ({
      organizationId: id,
      key,
      eventType: eventType(place),
      endpoints: reached.map((each) => endpoints[each]?.number ?? -1),
    })))
  const each = Array.from({ length: size.endpointsEach }, (_, place) => [place])
  const threes = Array.from({ length: Math.floor(size.endpointsEach / 3) }, (_, three) => [three * 3, three * 3 + 1, three * 3 + 2])

  return {
    organizationIds: organizations.map(({ id }) => id),
    endpoints: organizations.flatMap(({ endpoints }) => endpoints),
    secret: secrets[0] ?? '',
    single: targets((place) => `one.n${place}`, each),
    triple: targets((place) => `three.n${place}`, threes),
  }
}
