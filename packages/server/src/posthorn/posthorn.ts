import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { listenerWithin } from '../api/http-server.js'
import { problemResponse } from '../api/problem-response.js'
import { judgeType } from '../catalogs/judge-type.js'
import { consumerWaitsMs } from '../consumers/after-failure.js'
import { origins } from '../events/event.js'
import { readPublish } from '../events/publish-request.js'
import { isSubscription } from '../event-types/event-type.js'
import { eventId } from '../ids/public-id.js'
import { Problem } from '../problems/problem.js'
import { parseDuration } from '../retry-policies/duration.js'
import { closeParts, knowAdminKey, makeApi, openParts, startNode, type Parts, type RunningNode } from '../server/parts.js'
import { followCatalog } from './follow-catalog.js'
import { asPosthornEvent, type PosthornEvent } from './handler-event.js'
import { readOptions, type PosthornOptions } from './options.js'
import { publishIn, type Transaction } from './transaction.js'
import { roles as allRoles, wrongRoles, type Role } from '../config/roles.js'
import type { Pool } from 'pg'
import type { Settings } from '../config/settings.js'
import type { Handler } from '../consumers/handlers.js'

/** An event to be published. */
export interface EventToPublish {
  organizationId: string
  type: string
  /** Any value that JSON can say. */
  data: unknown
  /** An id of your own: publishing it again with the same content is the same event. */
  id?: string
  occurredAt?: string | Date
}

export interface HandlerOptions {
  /** Under this name the handler's place in the streams is remembered, across restarts and releases. The pattern, unless set. */
  name?: string
  /** How long one call may take before it counts as failed: "30s" unless set. */
  timeout?: string
  /** The waits between tries, after which the event is put aside: ["1s", "5s", "25s", "2m"] unless set. */
  retry?: readonly string[]
}

export type EventHandler<Data = unknown> = (event: PosthornEvent<Data>) => Promise<void> | void

/**
 * A Posthorn in an application: the same engine and API as the server, without a port of its own.
 *
 * ```ts
 * const posthorn = new Posthorn({ database: 'sqlite:./posthorn-data/posthorn.db' })
 * posthorn.on('order.*', { name: 'emails' }, async (event) => { await sendEmail(event) })
 * await posthorn.start()
 * await posthorn.publish({ organizationId: 'acme', type: 'order.created', data: { id: 'order_123' } })
 * ```
 */
export class Posthorn {
  readonly #options: PosthornOptions
  readonly #settings: Settings
  readonly #handlers = new Map<string, Handler>()
  #running: Running | undefined
  #starting: Promise<void> | undefined

  constructor(options: PosthornOptions) {
    this.#options = options
    this.#settings = readOptions(options)
  }

  /** Is told of every event whose type matches, in every organization: at least once, and an organization's in their order. Before `start`. */
  on<Data = unknown>(pattern: string | readonly string[], handler: EventHandler<Data>): this
  on<Data = unknown>(pattern: string | readonly string[], options: HandlerOptions, handler: EventHandler<Data>): this
  on(pattern: string | readonly string[], ...rest: [EventHandler<never>] | [HandlerOptions, EventHandler<never>]): this {
    const [options, handler] = rest.length === 2 ? rest : [{}, rest[0]]
    if (this.#running !== undefined || this.#starting !== undefined) throw new Error('Posthorn has been started. Call on() before start(), so that no event passes a handler by.')
    const made = makeHandler(typeof pattern === 'string' ? [pattern] : pattern, options, handler as EventHandler)
    if (this.#handlers.has(made.consumer)) throw new Error(`Two handlers have the name "${made.consumer.slice(handlerPrefix.length)}", and would share one place in the streams. Give each a name of its own: on('order.*', { name: 'emails' }, handler).`)
    this.#handlers.set(made.consumer, made)
    return this
  }

  /**
   * Opens the database and begins to work: to dispatch, to deliver, to let consumers and handlers read, and to keep house, or
   * only what `roles` says. `publish` and `fetch` work whatever it says.
   */
  async start({ roles }: { roles?: readonly Role[] } = {}): Promise<void> {
    if (this.#running !== undefined || this.#starting !== undefined) throw new Error('Posthorn has been started already.')
    this.#starting = this.#start(roles)
    try {
      await this.#starting
    } finally {
      this.#starting = undefined
    }
  }

  /** Finishes what is in flight, gives back what it holds, and closes the database. */
  async stop(): Promise<void> {
    await this.#starting?.catch(() => {})
    const running = this.#running
    this.#running = undefined
    if (running === undefined) return
    await running.node.stop()
    await closeParts(running.parts)
  }

  /**
   * Puts an event on stable storage and gives its id; it is delivered from there. With `transaction` it becomes part of that
   * one, and is delivered if it commits: on PostgreSQL, in the database that Posthorn has, from any process, started or not.
   *
   * @throws {Problem} as the API answers them: an unknown organization, a type that is none, an id that came with other content
   */
  async publish({ organizationId, type, data, id, occurredAt }: EventToPublish, { transaction }: { transaction?: Transaction } = {}): Promise<{ id: string }> {
    const published = readPublish(JSON.stringify({ type, data, id, occurredAt }))
    if (transaction !== undefined) {
      if (this.#settings.databaseUrl.kind === 'sqlite') throw new Error('This Posthorn keeps its events in a SQLite file of its own, so no transaction of the application can hold them. Publish after the commit, or let both share a PostgreSQL.')
      return publishIn(transaction, organizationId, published)
    }
    const { node, parts } = this.#started()
    const organization = await parts.store.query('findOrganization', { publicId: organizationId })
    if (organization === undefined) throw new Problem('not_found', `There is no organization "${organizationId}".`, { fix: 'Make it first: POST /v1/organizations.' })
    judgeType(organization, type)
    const now = parts.clock.now()
    const [appended] = await node.node.publish([{
      organizationId: organization.id, type: published.type, data: published.data, givenId: published.id, occurredAt: published.occurredAt ?? now, createdAt: now,
      origin: origins.api, keys: published.keys.length > 0 ? published.keys : undefined, bytes: published.data.length,
    }])
    if (appended?.kind === 'appended') return { id: published.id ?? eventId(appended.id) }
    if (appended?.kind === 'repeated') return { id: appended.givenId ?? eventId(appended.id) }
    if (appended?.kind === 'key_conflict') throw new Problem('idempotency_conflict', `The event id "${id}" came before with another content.`)
    throw new Problem('not_found', `There is no organization "${organizationId}".`)
  }

  /** The HTTP API and the inbound webhooks, to be mounted in the application's own server. Asks for keys as the server does. */
  readonly fetch = async (request: Request): Promise<Response> => {
    if (this.#running === undefined) return problemResponse(new Problem('unavailable', 'Posthorn is not running.', { retryAfterSeconds: 1 }))
    return this.#running.fetch(request)
  }

  /** The same for servers that hand over Node's own request and response, as `node:http`, Express and Fastify do. Before any body parser. */
  readonly listener = listenerWithin(this.fetch)

  /** The key with which `fetch` lets everything be done, where it was made just now: it is kept as a hash and cannot be told again. */
  get adminKey(): string | undefined { return this.#running?.adminKey }

  async #start(roles: readonly Role[] | undefined): Promise<void> {
    const wrong = wrongRoles(roles ?? allRoles, this.#settings.databaseUrl.kind, allRoles.filter((role) => role !== 'api'))
    if (wrong !== undefined) throw new Error(wrong)
    const { database } = this.#options
    const parts = await openParts(this.#settings, typeof database === 'string' ? undefined : database as Pool)
    try {
      const { adminKeyHash, adminKey } = await knowAdminKey(parts)
      // Whoever asks for the catalog publishes what it found, so it needs the node that it is started with.
      const catalog = this.#options.fetchCatalog === undefined ? [] : [followCatalog(parts, this.#options.fetchCatalog, (ids) => this.#running?.node.node.streamsMoved(ids))]
      const node = await startNode(parts, { name: this.#nodeName(parts), handlers: [...this.#handlers.values(), ...catalog], ...(roles && { does: roles }) })
      const { app: api } = makeApi(parts, node.node, adminKeyHash)
      this.#running = { parts, node, adminKey, fetch: (request) => api.fetch(request) }
    } catch (error) {
      await closeParts(parts)
      throw error
    }
  }

  #started(): Running {
    if (this.#running === undefined) throw new Error('Posthorn is not running. Call start() first, and publish before stop().')
    return this.#running
  }

  /** A SQLite file has one node at a time. On PostgreSQL two of one name would end each other's sessions. */
  #nodeName({ store }: Parts): string {
    if (store.dialect === 'sqlite') return 'sqlite'
    return this.#options.name ?? `${hostname()}:${randomBytes(6).toString('hex')}`
  }
}

interface Running {
  parts: Parts
  node: RunningNode
  adminKey: string | undefined
  fetch(request: Request): Response | Promise<Response>
}

/** Keeps an application's consumers apart from Posthorn's own. */
export const handlerPrefix = 'app:'

function makeHandler(patterns: readonly string[], { name = patterns.join(','), timeout = '30s', retry }: HandlerOptions, handler: EventHandler): Handler {
  const wrong = patterns.find((pattern) => !isSubscription(pattern))
  if (wrong !== undefined || patterns.length === 0) throw new Error(`${JSON.stringify(wrong ?? patterns)} is neither an event type, nor a prefix such as "order.*", nor "*".`)
  if (!/^[A-Za-z0-9_.,*-]{1,128}$/.test(name)) throw new Error(`${JSON.stringify(name)} is no name of a handler; use 1 to 128 letters, digits, "_", "-" and ".".`)
  return {
    consumer: handlerPrefix + name, patterns, timeoutMs: durationMs(timeout, 'timeout'),
    retryWaitsMs: retry === undefined ? consumerWaitsMs : retry.map((wait) => durationMs(wait, 'retry')),
    handle: (event) => handler(asPosthornEvent(event)),
  }
}

function durationMs(text: string, option: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new Error(`${option}: ${JSON.stringify(text)} is not a duration; write it as "500ms", "15s" or "5m".`)
  return ms
}
