import { findDuplicates, type Duplicate } from './duplicates.js'
import type { Cast } from './cast.js'
import type { Receipt } from './chaotic-sink.js'
import type { Fault } from './fault.js'
import type { Accepted } from './publish-log.js'
import type { Stored } from './stored.js'

/** What is compared: the promises, what arrived, what the database holds, and what was done to the run. */
export interface Books {
  cast: readonly Cast[]
  accepted: readonly Accepted[]
  /** Serials that were tried and never answered: they may arrive or not. */
  unanswered: readonly string[]
  receipts: readonly Receipt[]
  stored: Stored
  faults: readonly Fault[]
}

/** Counts are of deliveries, unless they say otherwise. Lists name what is wrong, for whoever must find out why. */
export interface Ledger {
  acceptedEvents: number
  owed: number
  delivered: number
  dead: number
  /** Still undelivered, or delivered and not settled, when the time for draining was over: nothing may be stuck. */
  pending: string[]
  /** Accepted, and neither delivered nor dead nor pending. */
  lost: string[]
  /** Arrived though never accepted, at an endpoint that is not its organization's, with other bytes, or as two events. */
  unexpected: string[]
  duplicates: number
  /** Of these, as many as each kind of fault explains. */
  explained: Record<string, number>
  unexplained: string[]
  /** Attempts in the database that no owner can have made. */
  stale: string[]
  /** On strictly ordered endpoints, by the first receipt that was answered with 2xx. */
  inversions: string[]
}

const states = { succeeded: 2, dead: 3 } as const

export function ledgerOf(books: Books): Ledger {
  const { cast, accepted, receipts, stored } = books
  const eventIds = new Map(stored.events.map(({ serial, id }) => [serial, id]))
  const stateOf = new Map(stored.deliveries.map((delivery) => [`${delivery.path} ${delivery.eventId}`, delivery.state]))
  const delivered = new Set(receipts.filter(isSuccess).map(nameOf))
  const ledger: Ledger = {
    acceptedEvents: accepted.length, owed: 0, delivered: 0, dead: 0, pending: [], lost: [], unexpected: findUnexpected(books),
    duplicates: 0, explained: {}, unexplained: [], stale: findStale(books), inversions: cast.filter(({ ordered }) => ordered).flatMap(({ path }) => findInversions(path, receipts, eventIds)),
  }
  for (const { organization, serial } of accepted) {
    for (const { path } of cast.filter((endpoint) => endpoint.organization === organization)) {
      const name = `${path} ${serial}`
      const state = stateOf.get(`${path} ${eventIds.get(serial)}`)
      ledger.owed++
      if (delivered.has(name)) {
        ledger.delivered++
        if (state !== states.succeeded && state !== states.dead) ledger.pending.push(`${name} arrived and is in state ${state}`)
      } else if (state === states.dead) ledger.dead++
      else if (state !== undefined && state < states.succeeded) ledger.pending.push(`${name} is in state ${state}`)
      else ledger.lost.push(`${name} is in state ${state ?? 'none'}`)
    }
  }
  const duplicates = findDuplicates(receipts, books.faults)
  ledger.duplicates = duplicates.length
  for (const { explainedBy } of duplicates) if (explainedBy !== undefined) ledger.explained[explainedBy] = (ledger.explained[explainedBy] ?? 0) + 1
  ledger.unexplained = duplicates.filter(({ explainedBy }) => explainedBy === undefined).map(tell)
  return ledger
}

export function isGood(ledger: Ledger): boolean {
  return [ledger.lost, ledger.unexpected, ledger.inversions, ledger.pending, ledger.stale, ledger.unexplained].every((list) => list.length === 0)
}

export function nameOf({ path, serial }: Receipt): string {
  return `${path} ${serial}`
}

function findUnexpected({ cast, accepted, unanswered, receipts, stored }: Books): string[] {
  const promised = new Map(accepted.map((entry) => [entry.serial, entry]))
  const maybe = new Set(unanswered)
  const organizationOf = new Map(cast.map(({ path, organization }) => [path, organization]))
  const digests = new Map<string, string>()
  const found: string[] = []
  for (const receipt of receipts) {
    const name = nameOf(receipt)
    const promise = promised.get(receipt.serial ?? '')
    if (promise === undefined ? !maybe.has(receipt.serial ?? '') : promise.organization !== organizationOf.get(receipt.path)) found.push(`${name}: never accepted for it`)
    else if (promise !== undefined && promise.id !== receipt.id) found.push(`${name}: accepted as ${promise.id}, arrived as ${receipt.id}`)
    const digest = digests.get(name)
    if (digest === undefined) digests.set(name, receipt.digest)
    else if (digest !== receipt.digest) found.push(`${name}: arrived with other bytes than before`)
  }
  const serials = stored.events.flatMap(({ serial }) => serial === undefined ? [] : [serial])
  const seen = new Set<string>()
  for (const serial of serials) {
    if (seen.has(serial)) found.push(`${serial}: stored as two events`)
    seen.add(serial)
  }
  return found
}

/**
 * What a node wrote though its lanes were another's would show here: numbers with gaps or repeats, an attempt after the one
 * that succeeded, more answers of a kind than the sink gave, a success that the sink knows nothing of.
 */
function findStale({ receipts, stored }: Books): string[] {
  const serials = new Map(stored.events.map(({ id, serial }) => [id, serial]))
  const answers = new Map<string, number>()
  for (const receipt of receipts) if (receipt.status !== undefined) raise(answers, `${nameOf(receipt)} ${receipt.status}`)
  const attempts = new Map<string, (number | null)[]>()
  const found: string[] = []
  for (const { eventId, path, number, status } of stored.attempts) {
    const name = `${path} ${eventId}`
    const earlier = attempts.get(name)
    if (earlier === undefined) attempts.set(name, [status])
    else earlier.push(status)
    if (number !== (earlier?.length ?? 1)) found.push(`${path} ${serials.get(eventId)}: attempt ${number} follows ${(earlier?.length ?? 1) - 1}`)
  }
  for (const { eventId, path, state, attempts: count } of stored.deliveries) {
    const statuses = attempts.get(`${path} ${eventId}`) ?? []
    const name = `${path} ${serials.get(eventId)}`
    if (statuses.length !== count) found.push(`${name}: ${statuses.length} attempts in the log, ${count} counted`)
    const success = statuses.indexOf(200)
    if (success >= 0 && (success < statuses.length - 1 || state !== states.succeeded)) found.push(`${name}: settled again after it had succeeded`)
    for (const status of new Set(statuses)) {
      const settled = statuses.filter((each) => each === status).length
      if (status !== null && settled > (answers.get(`${name} ${status}`) ?? 0)) found.push(`${name}: ${settled} attempts with ${status}, which the sink answered ${answers.get(`${name} ${status}`) ?? 0} times`)
    }
  }
  return found
}

/** Within an organization the order of event ids is the order of the stream; an endpoint here has one organization. */
function findInversions(path: string, receipts: readonly Receipt[], eventIds: ReadonlyMap<string | undefined, number>): string[] {
  const firsts = new Set<string>()
  const found: string[] = []
  let highest = 0
  let highestSerial = ''
  for (const receipt of receipts) {
    if (receipt.path !== path || !isSuccess(receipt) || receipt.serial === undefined || firsts.has(receipt.serial)) continue
    firsts.add(receipt.serial)
    const id = eventIds.get(receipt.serial) ?? 0
    if (id < highest) found.push(`${path}: ${receipt.serial} at ${receipt.receivedAt} after ${highestSerial}`)
    else {
      highest = id
      highestSerial = receipt.serial
    }
  }
  return found
}

function isSuccess({ status }: Receipt): boolean {
  return status === 200
}

function raise(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

function tell({ before, after }: Duplicate): string {
  return `${nameOf(before)}: received ${before.receivedAt}, ended ${before.endedAt} with ${before.status}; again ${after.receivedAt}`
}
