import { createHash, randomBytes } from 'node:crypto'
import { parseEndpointId, parseEventId } from '../ids/public-id.js'
import { sampleOrganizations, type SampleOrganization } from './sample-organizations.js'
import type { Store } from '../operations/store.js'

/** One delivery of the tour, as its table shows it. */
export interface TourStop {
  organization: string
  eventType: string
  format: string
  inspectorUrl: string
  /** What became of the first attempt; undefined where it took too long to wait for. */
  attempt: { status: number | null; error: string | null; durationMs: number } | undefined
}

export interface TourSurroundings {
  store: Store
  /** The API of this server, as a client with the admin key reaches it. */
  fetch(request: Request): Response | Promise<Response>
  adminKey: string
  /** Where this server is reached, for the inspectors' URLs. */
  url: string
}

/**
 * On an empty database: makes the sample organizations with an endpoint each, publishes one event to each, and tells what
 * became of it. All of it takes the way that a client's requests take. Undefined where the tour has been given before, or
 * where there is something already.
 *
 * A start that was interrupted is taken up by the next one; every request is idempotent, so nothing is made twice.
 */
export async function giveTour(surroundings: TourSurroundings): Promise<TourStop[] | undefined> {
  const seed = await beginTour(surroundings.store)
  if (seed === undefined) return undefined
  const stops = await Promise.all(sampleOrganizations.map((sample) => visit(sample, seed, surroundings)))
  await surroundings.store.command('keepFact', { name: 'tour_given', value: 'yes' })
  return stops
}

/** An id for an inspector that is the same at every start, so that what points to it goes on working. */
export function inspectorIdOf(seed: string, name: string): string {
  return createHash('sha256').update(`${seed}:${name}`).digest('hex').slice(0, 32)
}

/** The seed of this installation's inspectors, made where there is none. */
export async function tourSeed(store: Store): Promise<string> {
  return (await store.command('keepFact', { name: 'tour_seed', value: randomBytes(16).toString('hex') })).value
}

/** The seed, where the tour is to be given now. */
async function beginTour(store: Store): Promise<string | undefined> {
  if (await store.query('readFact', { name: 'tour_given' }) !== undefined) return undefined
  const isInterrupted = await store.query('readFact', { name: 'tour_seed' }) !== undefined
  const [organization] = await store.query('listOrganizations', { after: undefined, limit: 1 })
  if (organization !== undefined && !isInterrupted) return undefined
  return tourSeed(store)
}

async function visit({ id, catalog, event }: SampleOrganization, seed: string, surroundings: TourSurroundings): Promise<TourStop> {
  const { store, url } = surroundings
  const inspectorUrl = `${url}/inspect/${inspectorIdOf(seed, id)}`
  const post = (path: string, body: object) => postOnce(`/v1/organizations${path}`, body, surroundings)

  await post('', { id, name: `Sample: ${catalog.title}`, catalog: catalog.name })
  const endpoint = await post(`/${id}/endpoints`, { url: inspectorUrl, description: 'Made by the tour' })
  const published = await post(`/${id}/events`, { type: event.type, data: event.example })
  return { organization: id, eventType: event.type, format: catalog.defaultFormat, inspectorUrl, attempt: await firstAttempt(store, id, published.id, endpoint.id) }
}

/** Each request carries a key made of all that it says, so that repeating the tour repeats nothing. */
async function postOnce(path: string, body: object, { fetch, adminKey, url }: TourSurroundings): Promise<{ id: string }> {
  const text = JSON.stringify(body)
  const key = `tour-${createHash('sha256').update(path).update(text).digest('hex').slice(0, 32)}`
  const response = await fetch(new Request(url + path, { method: 'POST', body: text, headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json', 'idempotency-key': key } }))
  if (!response.ok) throw new Error(`The tour could not go on: ${await response.text()}`)
  return await response.json() as { id: string }
}

async function firstAttempt(store: Store, organization: string, event: string, endpoint: string): Promise<TourStop['attempt']> {
  const [found, eventId, endpointId] = [await store.query('findOrganization', { publicId: organization }), parseEventId(event), parseEndpointId(endpoint)]
  if (found === undefined || eventId === undefined || endpointId === undefined) return undefined

  const until = performance.now() + patienceMs
  while (performance.now() < until) {
    const delivery = await store.query('readDelivery', { organizationId: found.id, eventId, endpointId })
    const [attempt] = delivery?.attempts ?? []
    if (attempt !== undefined) return { status: attempt.status, error: attempt.error, durationMs: attempt.durationMs }
    await new Promise((resolve) => { setTimeout(resolve, lookAgainMs) })
  }
  return undefined
}

const patienceMs = 5_000
const lookAgainMs = 10
