import { render, type Sql } from '../storage/sql.js'
import { GivenRows, combine, isTrue, lockedSources, output, readSql, rowsOf, type Cell, type Delete, type Expression, type Insert, type LockMode, type Row, type Run, type Scope, type Select, type Source, type Statement, type Update } from './read-sql.test.support.js'

/**
 * What PostgreSQL promises at READ COMMITTED, in memory: a statement sees what was committed when it began; a row that
 * another transaction has changed or locked is waited for, and then looked at again as it is by then, while all other rows
 * stay as the statement saw them; a commit makes everything visible at once. Work that must wait says for whom (`yield`).
 */
export class ModelServer {
  readonly #tables = new Map<string, Table>()
  readonly #sequences = new Map<string, number>()
  readonly #advisory = new Map<string, StoredRow>()
  /** Statements that have begun: what they see must be kept. */
  readonly #underWay = new Set<{ snapshot: number }>()
  #commits = 0

  constructor(private readonly now: () => number, private readonly committed: (transaction: Transaction, changes: readonly Change[]) => void) {
    for (const [name, { key, columns }] of Object.entries(tables)) this.#tables.set(name, { name, key, defaults: columns, rows: new Map(), indexes: Object.fromEntries(key.map((column) => [column, new Map()])), lastId: 0 })
  }

  begin(by: string, what: string): Transaction {
    return new Transaction(by, what, this.now())
  }

  *execute(transaction: Transaction, query: Sql): Generator<Transaction, { rows: Row[]; count: number }> {
    const { text, values } = render(query, (n) => `$${n}`)
    const statement = readSql(text)
    const snapshot = this.#commits
    const run = this.#run(transaction, snapshot, values as (Cell | GivenRows)[])
    const underWay = { snapshot }
    this.#underWay.add(underWay)
    try {
      const { named } = statement
      if (named !== undefined) run.named.set(named.name, rowsOf(named.select, outside, run))
      return yield* this.#perform(statement, transaction, run)
    } finally {
      this.#underWay.delete(underWay)
      transaction.lastUsedAt = this.now()
    }
  }

  commit(transaction: Transaction): void {
    const seq = ++this.#commits
    const oldest = Math.min(seq, ...[...this.#underWay].map(({ snapshot }) => snapshot))
    const changes: Change[] = []
    for (const stored of transaction.changed) {
      const before = newest(stored)
      const after = stored.pending?.row ?? null
      stored.versions.push({ seq, row: after })
      stored.pending = undefined
      while (stored.versions.length > 1 && (stored.versions[1] as Version).seq <= oldest) stored.versions.shift()
      if (after === null && stored.versions.length === 1) forget(stored)
      if (stored.table !== undefined) changes.push({ table: stored.table.name, before, after })
    }
    this.#end(transaction, 'committed')
    this.committed(transaction, changes)
  }

  rollback(transaction: Transaction): void {
    for (const stored of transaction.changed) {
      stored.pending = undefined
      if (stored.versions.length === 0) forget(stored)
    }
    this.#end(transaction, 'rolled back')
  }

  /** What is committed, for whoever watches from outside. */
  rowsOf(table: string): Row[] {
    return [...this.#table(table).rows.values()].map(newest).filter((row) => row !== null)
  }

  /** Puts rows there or takes them away, as an operator would while nobody works. */
  put(table: string, row: Row): void {
    const complete = this.#complete(this.#table(table), row)
    this.#insertAs(this.#table(table), complete).versions.push({ seq: this.#commits, row: complete })
  }

  remove(table: string, isUnwanted: (row: Row) => boolean): void {
    const { rows } = this.#table(table)
    for (const stored of rows.values()) {
      const row = newest(stored)
      if (row !== null && stored.pending === undefined && stored.locks.size === 0 && isUnwanted(row)) forget(stored)
    }
  }

  beginSequence(name: string, at: number): void {
    this.#sequences.set(name, at)
  }

  #end(transaction: Transaction, state: 'committed' | 'rolled back'): void {
    transaction.state = state
    for (const stored of transaction.locked) stored.locks.delete(transaction)
    for (const goOn of transaction.waiting.splice(0)) goOn()
  }

  #run(transaction: Transaction, snapshot: number, parameters: readonly (Cell | GivenRows)[]): Run {
    const reads = new Map<string, readonly Source[]>()
    const read = (name: string): readonly Source[] => {
      // A sequence is outside of all transactions.
      const last = this.#sequences.get(name)
      if (last !== undefined) return [{ name, row: { last_value: last } }]
      let sources = reads.get(name)
      if (sources === undefined) {
        const found: Source[] = []
        for (const stored of this.#table(name).rows.values()) {
          const row = seen(stored, transaction, snapshot)
          if (row !== null) found.push({ name, row, stored })
        }
        sources = found
        reads.set(name, sources)
      }
      return sources
    }
    const find: Run['find'] = (name, keys) => {
      const table = this.#table(name)
      let fewest: ReadonlySet<StoredRow> | undefined
      for (const [column, value] of keys) {
        const index = table.indexes[column]
        if (index === undefined) continue
        const rows = index.get(value) ?? nobody
        if (fewest === undefined || rows.size < fewest.size) fewest = rows
      }
      if (fewest === undefined) return read(name)
      const found: Source[] = []
      for (const stored of fewest) {
        const row = seen(stored, transaction, snapshot)
        if (row !== null) found.push({ name, row, stored })
      }
      return found
    }
    return {
      now: this.now(), parameters, read, find, named: new Map(), memo: new Map(), all: [], outermost: Infinity, advisory: undefined,
      nextOf: (sequence) => {
        const next = (this.#sequences.get(sequence) ?? 0) + 1
        this.#sequences.set(sequence, next)
        return next
      },
      lockAtOnce: (stored, mode) => {
        const row = typeof stored === 'string' ? this.#advisoryRow(stored) : stored as StoredRow
        // What another has changed since this statement began would have to be looked at again: as good as locked.
        if (holderOf(row, mode, transaction) !== undefined) return false
        transaction.lock(row, mode)
        return true
      },
    }
  }

  *#perform(statement: Statement, transaction: Transaction, run: Run): Generator<Transaction, { rows: Row[]; count: number }> {
    switch (statement.kind) {
      case 'select': return yield* this.#select(statement, transaction, run)
      case 'update': return yield* this.#update(statement, transaction, run)
      case 'delete': return yield* this.#delete(statement, transaction, run)
      case 'insert': return yield* this.#insert(statement, transaction, run)
    }
  }

  *#select(select: Select, transaction: Transaction, run: Run): Generator<Transaction, { rows: Row[]; count: number }> {
    const { lock } = select
    let rows: Row[]
    if (lock === undefined || lock.skipsLocked) rows = rowsOf(select, outside, run)
    else {
      const limit = select.limit === undefined ? Infinity : Number(select.limit(outside, run))
      const scopes: Scope[] = []
      for (const scope of combine(select, outside, run)) {
        if (scopes.length >= limit) break
        const now = yield* lockScope(select, scope, lock.mode, transaction, run)
        if (now !== undefined) scopes.push(now)
      }
      rows = output(select.items, scopes, run)
    }
    if (run.advisory !== undefined) yield* locked(this.#advisoryRow(`advisory ${run.advisory}`), 'update', transaction)
    return { rows, count: rows.length }
  }

  *#update({ table, set, from, where, returning, keys }: Update, transaction: Transaction, run: Run): Generator<Transaction, { rows: Row[]; count: number }> {
    // What stands beside the rows that are changed, each once; without `from` that is nothing, once.
    const beside = combine({ kind: 'select', items: [], from, where: undefined, order: [], limit: undefined, lock: undefined }, outside, run)
    const fits = (stored: StoredRow, row: Row, among: readonly Scope[]): Scope | undefined => {
      for (const scope of among) {
        const joined = { ...scope, sources: [{ name: table, row, stored }, ...scope.sources] }
        if (where === undefined || isTrue(where(joined, run))) return joined
      }
      return undefined
    }
    const candidates = new Map<StoredRow, { stored: StoredRow; row: Row; scope: Scope }>()
    for (const scope of beside) {
      for (const { stored, row } of run.find(table, keys.map(([column, value]) => [column, value(scope, run)])) as (Source & { stored: StoredRow })[]) {
        const fitting = candidates.has(stored) ? undefined : fits(stored, row, [scope])
        if (fitting !== undefined) candidates.set(stored, { stored, row, scope: fitting })
      }
    }
    const scopes: Scope[] = []
    for (const candidate of candidates.values()) {
      const row = yield* locked(candidate.stored, 'no key update', transaction)
      const scope = row === candidate.row ? candidate.scope : row === null ? undefined : fits(candidate.stored, row, beside)
      if (row === null || scope === undefined) continue
      const changed = { ...row }
      for (const [column, value] of set) changed[column] = value(scope, run)
      transaction.change(candidate.stored, changed)
      scopes.push({ ...scope, sources: scope.sources.map((source) => source.stored === candidate.stored ? { ...source, row: changed } : source) })
    }
    return { rows: output(returning, scopes, run), count: scopes.length }
  }

  *#delete({ table, where, returning, keys }: Delete, transaction: Transaction, run: Run): Generator<Transaction, { rows: Row[]; count: number }> {
    const scopeOf = (stored: StoredRow, row: Row): Scope | undefined => {
      const scope = { parent: outside, level: 1, sources: [{ name: table, row, stored }] }
      return where === undefined || isTrue(where(scope, run)) ? scope : undefined
    }
    const found = (run.find(table, keys.map(([column, value]) => [column, value(outside, run)])) as (Source & { stored: StoredRow })[]).filter(({ stored, row }) => scopeOf(stored, row) !== undefined)
    const scopes: Scope[] = []
    for (const { stored } of found) {
      const row = yield* locked(stored, 'update', transaction)
      const scope = row === null ? undefined : scopeOf(stored, row)
      if (scope === undefined) continue
      transaction.change(stored, null)
      scopes.push(scope)
    }
    return { rows: output(returning, scopes, run), count: scopes.length }
  }

  *#insert({ table: name, columns, rows: wanted, conflict, returning }: Insert, transaction: Transaction, run: Run): Generator<Transaction, { rows: Row[]; count: number }> {
    const table = this.#table(name)
    const given: Row[] = Array.isArray(wanted)
      ? (wanted as (readonly Expression[])[]).map((values) => Object.fromEntries(columns.map((column, i) => [column, values[i]?.(outside, run) ?? null])))
      // As in SQL, what is selected goes into the columns by its place.
      : rowsOf(wanted as Select, outside, run).map((row) => Object.fromEntries(Object.values(row).map((cell, i) => [columns[i] as string, cell])))
    const scopes: Scope[] = []
    for (const row of given.map((one) => this.#complete(table, one))) {
      for (;;) {
        const there = table.rows.get(keyOf(table, row))
        const holder = there === undefined ? undefined : there.pending !== undefined && there.pending.by !== transaction ? there.pending.by : undefined
        if (holder !== undefined) {
          yield holder
          continue
        }
        const standing = there === undefined ? null : there.pending?.row ?? newest(there)
        if (there !== undefined && standing !== null) {
          if (conflict === undefined) throw new Error(`There is a row ${there.key} in ${name} already.`)
          if (conflict !== 'nothing') {
            const current = yield* locked(there, 'no key update', transaction)
            const changed = { ...current as Row }
            const scope: Scope = { parent: outside, level: 1, sources: [{ name, row: current as Row, stored: there }, { name: 'excluded', row }] }
            for (const [column, value] of conflict) changed[column] = value(scope, run)
            transaction.change(there, changed)
          }
          break
        }
        const stored = there ?? this.#insertAs(table, row)
        transaction.lock(stored, 'update')
        transaction.change(stored, row)
        scopes.push({ parent: outside, level: 1, sources: [{ name, row, stored }] })
        break
      }
    }
    return { rows: output(returning, scopes, run), count: scopes.length }
  }

  #table(name: string): Table {
    const table = this.#tables.get(name)
    if (table === undefined) throw new Error(`The simulation has no table ${name}.`)
    return table
  }

  #advisoryRow(key: string): StoredRow {
    let row = this.#advisory.get(key)
    if (row === undefined) {
      row = { table: undefined, key, versions: [], pending: undefined, locks: new Map(), indexed: [] }
      this.#advisory.set(key, row)
    }
    return row
  }

  #complete(table: Table, given: Row): Row {
    const row: Row = { ...table.defaults, ...given }
    if (row.id === drawn) row.id = ++table.lastId
    for (const column in given) if (!(column in table.defaults)) throw new Error(`The simulation's table ${table.name} has no column ${column}.`)
    return row
  }

  #insertAs(table: Table, row: Row): StoredRow {
    const key = keyOf(table, row)
    const stored: StoredRow = { table, key, versions: [], pending: undefined, locks: new Map(), indexed: [] }
    table.rows.set(key, stored)
    for (const column in table.indexes) {
      const index = table.indexes[column] as Map<Cell, Set<StoredRow>>
      const cell = row[column] ?? null
      const rows = index.get(cell)
      if (rows === undefined) index.set(cell, new Set([stored]))
      else rows.add(stored)
      stored.indexed.push([index, cell])
    }
    return stored
  }
}

/** A transaction that was begun: what it has changed and locked, and who waits for its end. */
export class Transaction {
  state: 'open' | 'committed' | 'rolled back' = 'open'
  readonly changed = new Set<StoredRow>()
  readonly locked = new Set<StoredRow>()
  readonly waiting: (() => void)[] = []
  /** For whom it waits itself. */
  waitsFor: Transaction | undefined

  /** `what`: the operation that it belongs to. */
  constructor(readonly by: string, readonly what: string, public lastUsedAt: number) {}

  lock(stored: StoredRow, mode: LockMode): void {
    const held = stored.locks.get(this)
    if (held === undefined || strength[mode] > strength[held]) stored.locks.set(this, mode)
    this.locked.add(stored)
  }

  change(stored: StoredRow, row: Row | null): void {
    stored.pending = { by: this, row }
    this.changed.add(stored)
  }
}

export interface Change { table: string; before: Row | null; after: Row | null }

interface Version { seq: number; row: Row | null }
interface StoredRow { table: Table | undefined; key: string; versions: Version[]; pending: { by: Transaction; row: Row | null } | undefined; locks: Map<Transaction, LockMode>; indexed: [Map<Cell, Set<StoredRow>>, Cell][] }
/** `indexes`: by each column of the key, which never changes. */
interface Table { name: string; key: readonly string[]; defaults: Row; rows: Map<string, StoredRow>; indexes: Record<string, Map<Cell, Set<StoredRow>>>; lastId: number }

const outside: Scope = { parent: undefined, level: 0, sources: [] }
const strength: Record<LockMode, number> = { 'key share': 0, 'no key update': 1, update: 2 }

/** Waits for a row and gives it as it is then; null where it is gone. */
function* locked(stored: StoredRow, mode: LockMode, transaction: Transaction): Generator<Transaction, Row | null> {
  for (;;) {
    const holder = holderOf(stored, mode, transaction)
    if (holder === undefined) break
    yield holder
  }
  transaction.lock(stored, mode)
  return stored.pending === undefined ? newest(stored) : stored.pending.row
}

/** Locks what a combination of rows consists of, and gives it as it is then, if it still fits. */
function* lockScope(select: Select, scope: Scope, mode: LockMode, transaction: Transaction, run: Run): Generator<Transaction, Scope | undefined> {
  const now = new Map<unknown, Row>()
  let isSame = true
  for (const source of lockedSources(select, scope)) {
    const row = yield* locked(source.stored as StoredRow, mode, transaction)
    if (row === null) return undefined
    isSame &&= row === source.row
    now.set(source.stored, row)
  }
  if (isSame) return scope
  const again = { ...scope, sources: scope.sources.map((source) => ({ ...source, row: now.get(source.stored) ?? source.row })) }
  return select.where === undefined || isTrue(select.where(again, run)) ? again : undefined
}

function holderOf(stored: StoredRow, mode: LockMode, transaction: Transaction): Transaction | undefined {
  for (const [holder, held] of stored.locks) {
    if (holder === transaction) continue
    if (mode === 'update' || held === 'update' || (mode === 'no key update' && held === 'no key update')) return holder
  }
  return undefined
}

function seen(stored: StoredRow, transaction: Transaction, snapshot: number): Row | null {
  if (stored.pending?.by === transaction) return stored.pending.row
  for (let i = stored.versions.length - 1; i >= 0; i--) {
    const { seq, row } = stored.versions[i] as Version
    if (seq <= snapshot) return row
  }
  return null
}

function newest(stored: StoredRow): Row | null {
  return stored.versions[stored.versions.length - 1]?.row ?? null
}

function forget(stored: StoredRow): void {
  stored.table?.rows.delete(stored.key)
  for (const [index, cell] of stored.indexed) {
    const rows = index.get(cell)
    rows?.delete(stored)
    if (rows?.size === 0) index.delete(cell)
  }
}

const nobody: ReadonlySet<StoredRow> = new Set()

function keyOf(table: Table, row: Row): string {
  return table.key.map((column) => row[column]).join(' ')
}

/** An id that the database draws. */
const drawn = 'drawn'

/** Of the schema, what the engine touches: the keys, and what stands in a column that an insert leaves out. */
const tables: Record<string, { key: readonly string[]; columns: Row }> = {
  schema_migrations: { key: ['number'], columns: { number: 1 } },
  installation: { key: ['name'], columns: { name: null, value: null } },
  organizations: { key: ['id'], columns: { id: drawn, public_id: null, name: null, catalog: null, format: 'standard', retry_policy: null, event_type_policy: 'off', webhook_url: null, created_at: 0, updated_at: 0, deleted_at: null } },
  endpoints: { key: ['id'], columns: { id: drawn, organization_id: null, url: null, description: '', event_types: '["*"]', format: null, secrets: '', headers: null, timeout_ms: null, rate_per_second: null, ordered: 0, retry_policy: null, second_signature: null, managed: null, state: 0, disabled_reason: null, version: 1, from_id: 0, created_at: 0, updated_at: 0 } },
  formats: { key: ['id'], columns: { id: drawn, name: null } },
  streams: { key: ['organization_id'], columns: { organization_id: null, last_id: 0 } },
  cursors: { key: ['organization_id'], columns: { organization_id: null, dispatched_id: 0, endpoints_version: 1 } },
  events: { key: ['id'], columns: { id: null, occurred_at: 0, created_at: 0, only_endpoint_id: null, organization_id: null, origin: 0, type: null, data: null, given_id: null, receipt_id: null, erased_at: null } },
  event_keys: { key: ['organization_id', 'key'], columns: { event_id: null, organization_id: null, key: null, digest: null } },
  outbox: { key: ['id'], columns: { id: drawn, organization: null, type: null, data: null, key: null, origin: 0, created_at: 0, occurred_at: null } },
  deliveries: { key: ['event_id', 'endpoint_id'], columns: { event_id: null, endpoint_id: null, due_at: null, updated_at: null, organization_id: null, attempts: null, state: null, step: null, format: null, exempt: null } },
  attempts: { key: ['event_id', 'endpoint_id', 'number'], columns: { event_id: null, endpoint_id: null, number: null, at: null, duration_ms: null, status: null, error_class: null, error: null, url: null, request_headers: null, response_headers: null, answer: null } },
  sessions: { key: ['token'], columns: { token: null, node: null, alive_until: null, dispatches: 0, delivers: 0 } },
  lanes: { key: ['endpoint_id'], columns: { endpoint_id: null, organization_id: null, session: null, wake_at: null, failing_since: null, failing_status: null, failing_error_class: null } },
  tallies: { key: ['id'], columns: { id: drawn, minute: null, counts: null } },
  counters: { key: ['minute', 'organization_id', 'kind'], columns: { minute: null, organization_id: null, kind: null, count: 0 } },
}
