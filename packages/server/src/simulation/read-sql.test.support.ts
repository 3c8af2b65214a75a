/**
 * Reads the SQL that Posthorn's own functions write, as much of it as they use, into something that can be run on rows in
 * memory: so the simulation runs the product's statements, and a statement that it cannot read is told, never guessed.
 */
export type Cell = string | number | null
export type Row = Record<string, Cell>

/** Whatever rows a statement is given in one parameter. */
export class GivenRows { constructor(readonly rows: readonly Row[]) {} }

/** A row of a table and whatever stands behind it, or a row of a subquery. */
export interface Source { name: string; row: Row; stored?: unknown }

/** What names can mean where an expression stands: the rows at hand, then those of the query around it. */
export interface Scope { parent: Scope | undefined; level: number; sources: readonly Source[] }

/** What a statement is run with. */
export interface Run {
  now: number
  parameters: readonly (Cell | GivenRows)[]
  read(table: string): readonly Source[]
  /** The rows of a table that may have these values in these columns: all of them, and perhaps others. */
  find(table: string, keys: readonly (readonly [string, Cell])[]): readonly Source[]
  nextOf(sequence: string): number
  /** Locks a row without waiting; false where another holds it. */
  lockAtOnce(stored: unknown, mode: LockMode): boolean
  /** What `with` has named. */
  named: Map<string, readonly Row[]>
  /** Subqueries that depend on nothing around them are run once. */
  memo: Map<object, readonly Row[]>
  /** What is taken together by `min`, `max` or `count`. */
  all: readonly Scope[]
  /** How far out the names were found that were looked up last. */
  outermost: number
  /** An advisory lock that is to be waited for. */
  advisory: string | undefined
}

export type LockMode = 'key share' | 'no key update' | 'update'
export interface Expression {
  (scope: Scope, run: Run): Cell
  /** Where it is nothing but a column. */
  column?: Reference
  /** Where it is an equation: its sides, and what they speak of. */
  equation?: readonly { side: Expression; references: readonly Reference[] }[]
  /** Where it holds if all of these hold. */
  parts?: readonly Expression[]
}
interface Reference { of: string | undefined; column: string }

export interface Select {
  kind: 'select'
  items: readonly Item[]
  from: readonly FromItem[]
  where: Expression | undefined
  order: readonly { by: Expression; descending: boolean }[]
  limit: Expression | undefined
  lock: { mode: LockMode; of: string | undefined; skipsLocked: boolean } | undefined
}
type Item = { all: string | undefined } | { name: string; value: Expression; isOfAll: boolean }
interface FromItem { name: string; table: string | undefined; rows: (scope: Scope, run: Run) => readonly Source[]; on: Expression | undefined; isLeft: boolean; keys: readonly Key[] }
/** What a column must be, so that not every row has to be looked at. */
type Key = readonly [column: string, value: Expression]

export interface Update { kind: 'update'; table: string; set: readonly (readonly [string, Expression])[]; from: readonly FromItem[]; where: Expression | undefined; returning: readonly Item[]; keys: readonly Key[] }
export interface Delete { kind: 'delete'; table: string; keys: readonly Key[]; where: Expression | undefined; returning: readonly Item[] }
export interface Insert { kind: 'insert'; table: string; columns: readonly string[]; rows: Select | readonly (readonly Expression[])[]; conflict: 'nothing' | readonly (readonly [string, Expression])[] | undefined; returning: readonly Item[] }
export type Statement = (Select | Update | Delete | Insert) & { named?: { name: string; select: Select } }

const read = new Map<string, Statement>()

export function readSql(text: string): Statement {
  let statement = read.get(text)
  if (statement === undefined) {
    statement = new Reader(text).statement()
    read.set(text, statement)
  }
  return statement
}

/** The combinations of rows that a select is about, in its order. What is locked is the caller's to lock. */
export function combine(select: Select, parent: Scope, run: Run): Scope[] {
  let scopes: Scope[] = [{ parent, level: parent.level + 1, sources: [] }]
  for (const item of select.from) scopes = scopes.flatMap((scope) => joined(scope, item, run))
  const { where, order } = select
  if (where !== undefined) scopes = scopes.filter((scope) => isTrue(where(scope, run)))
  if (order.length === 0) return scopes
  return scopes
    .map((scope) => ({ scope, keys: order.map(({ by }) => by(scope, run)) }))
    .sort((a, b) => {
      for (const [i, { descending }] of order.entries()) {
        const compared = compare(a.keys[i] ?? null, b.keys[i] ?? null)
        if (compared !== 0) return descending ? -compared : compared
      }
      return 0
    })
    .map(({ scope }) => scope)
}

/** What stands on the right of a left join where nothing fits. */
const noRow: Row = {}

function joined(scope: Scope, item: FromItem, run: Run): Scope[] {
  const found: Scope[] = []
  for (const source of sourcesOf(item, scope, run)) {
    const next = { ...scope, sources: [...scope.sources, source] }
    if (item.on === undefined || isTrue(item.on(next, run))) found.push(next)
  }
  if (found.length === 0 && item.isLeft) found.push({ ...scope, sources: [...scope.sources, { name: item.name, row: noRow }] })
  return found
}

function sourcesOf({ name, table, rows, keys }: FromItem, scope: Scope, run: Run): readonly Source[] {
  if (table === undefined || keys.length === 0 || run.named.has(table)) return rows(scope, run)
  const found = run.find(table, keys.map(([column, value]) => [column, value(scope, run)]))
  return name === table ? found : found.map((source) => ({ ...source, name }))
}

/** What a select gives where nothing has to be waited for. */
export function rowsOf(select: Select, parent: Scope, run: Run): Row[] {
  const limit = select.limit === undefined ? Infinity : Number(select.limit(parent, run))
  const { lock } = select
  const scopes: Scope[] = []
  for (const scope of combine(select, parent, run)) {
    if (scopes.length >= limit) break
    if (lock !== undefined) {
      if (!lock.skipsLocked) throw new Error('A subquery that waits for locks is more than the simulation can run.')
      if (!lockedSources(select, scope).every(({ stored }) => run.lockAtOnce(stored, lock.mode))) continue
    }
    scopes.push(scope)
  }
  return output(select.items, scopes, run)
}

export function lockedSources({ lock }: Select, scope: Scope): Source[] {
  return scope.sources.filter(({ name, stored }) => stored !== undefined && (lock?.of === undefined || lock.of === name))
}

/** The rows that are told of combinations: one for each, or a single one where they are taken together. */
export function output(items: readonly Item[], scopes: readonly Scope[], run: Run): Row[] {
  if (items.some((item) => 'value' in item && item.isOfAll)) {
    return [Object.fromEntries(items.map((item) => 'value' in item ? [item.name, together(item, scopes, run)] : ['', null]))]
  }
  return scopes.map((scope) => {
    const row: Row = {}
    for (const item of items) {
      if ('value' in item) row[item.name] = item.value(scope, run)
      else for (const source of scope.sources) if (item.all === undefined || item.all === source.name) Object.assign(row, source.row)
    }
    return row
  })
}

function together(item: Extract<Item, { value: Expression }>, scopes: readonly Scope[], run: Run): Cell {
  const before = run.all
  run.all = scopes
  const value = item.value(scopes[0] ?? { parent: undefined, level: 0, sources: [] }, run)
  run.all = before
  return value
}

/** `min`, `max` or `count` of all the combinations that are taken together. */
function ofAll(aggregate: string, of: Expression): Expression {
  return (_scope, run) => {
    const values = run.all.map((scope) => of(scope, run)).filter((value) => value !== null)
    if (aggregate === 'count') return values.length
    return values.length === 0 ? null : values.reduce((a, b) => (compare(a, b) < 0) === (aggregate === 'min') ? a : b)
  }
}

export function isTrue(value: Cell): boolean {
  return value === 1
}

/** Null comes last, as in PostgreSQL. */
function compare(a: Cell, b: Cell): number {
  if (a === b) return 0
  if (a === null) return 1
  if (b === null) return -1
  return a < b ? -1 : 1
}

const tokens = /\s+|--[^\n]*|('(?:[^']|'')*'|"\w+"|\$\d+|[A-Za-z_]\w*|\d+(?:\.\d+)?|<>|<=|>=|::|[(),.*=<>+\-/%])/y
const clauses = new Set(['where', 'order', 'limit', 'for', 'on', 'join', 'left', 'cross', 'set', 'from', 'returning', 'union', 'group', 'as', 'select', 'values'])

class Reader {
  readonly #tokens: string[] = []
  readonly #references: Reference[] = []
  #aggregates = 0
  #at = 0

  constructor(private readonly text: string) {
    tokens.lastIndex = 0
    while (tokens.lastIndex < text.length) {
      const from = tokens.lastIndex
      const match = tokens.exec(text)
      if (match === null) throw new Error(`The simulation cannot read this SQL at "${text.slice(from, from + 40)}": ${text}`)
      if (match[1] !== undefined) this.#tokens.push(match[1])
    }
  }

  statement(): Statement {
    let named
    if (this.#skip('with')) {
      const name = this.#name()
      this.#expect('as')
      named = { name, select: this.#subselect() }
    }
    const statement = this.#anyStatement()
    if (this.#at < this.#tokens.length) this.#fail()
    return named === undefined ? statement : { ...statement, named }
  }

  #anyStatement(): Statement {
    switch (this.#peek) {
      case 'select': return this.#select()
      case 'update': return this.#update()
      case 'delete': return this.#delete()
      case 'insert': return this.#insert()
      default: return this.#fail()
    }
  }

  #select(): Select {
    this.#expect('select')
    const items = this.#items()
    const from = this.#skip('from') ? this.#from() : []
    const where = this.#skip('where') ? this.#expression() : undefined
    const order = this.#skip('order') ? this.#order() : []
    const limit = this.#skip('limit') ? this.#expression() : undefined
    const keyed = from.map((item, i) => ({ ...item, keys: keysOf(item.name, from.length === 1, [item.on, item.isLeft ? undefined : where], from.slice(i + 1).map(({ name }) => name)) }))
    return { kind: 'select', items, from: keyed, where, order, limit, lock: this.#skip('for') ? this.#lock() : undefined }
  }

  #update(): Update {
    this.#expect('update')
    const table = this.#name()
    this.#expect('set')
    const set = this.#assignments()
    const from = this.#skip('from') ? this.#from() : []
    const where = this.#skip('where') ? this.#expression() : undefined
    return { kind: 'update', table, set, from, where, returning: this.#returning(), keys: keysOf(table, from.length === 0, [where], []) }
  }

  #delete(): Delete {
    this.#expect('delete')
    this.#expect('from')
    const table = this.#name()
    const where = this.#skip('where') ? this.#expression() : undefined
    return { kind: 'delete', table, where, returning: this.#returning(), keys: keysOf(table, true, [where], []) }
  }

  #insert(): Insert {
    this.#expect('insert')
    this.#expect('into')
    const table = this.#name()
    this.#expect('(')
    const columns = this.#list(() => this.#name())
    this.#expect(')')
    const rows = this.#skip('values') ? this.#list(() => this.#arguments()) : this.#select()
    let conflict: Insert['conflict']
    if (this.#skip('on')) {
      this.#expect('conflict')
      if (this.#skip('(')) {
        this.#list(() => this.#name())
        this.#expect(')')
      }
      this.#expect('do')
      if (this.#skip('nothing')) conflict = 'nothing'
      else {
        this.#expect('update')
        this.#expect('set')
        conflict = this.#assignments()
      }
    }
    return { kind: 'insert', table, columns, rows, conflict, returning: this.#returning() }
  }

  #assignments(): (readonly [string, Expression])[] {
    return this.#list(() => {
      const column = this.#name()
      this.#expect('=')
      return [column, this.#expression()] as const
    })
  }

  #returning(): readonly Item[] {
    return this.#skip('returning') ? this.#items() : []
  }

  #items(): Item[] {
    return this.#list((): Item => {
      if (this.#skip('*')) return { all: undefined }
      if (this.#tokens[this.#at + 1] === '.' && this.#tokens[this.#at + 2] === '*') {
        const all = this.#name()
        this.#at += 2
        return { all }
      }
      const first = this.#peek ?? ''
      const last = this.#tokens[this.#at + 1] === '.' ? this.#tokens[this.#at + 2] ?? '' : first
      const before = this.#aggregates
      const value = this.#expression()
      const isOfAll = this.#aggregates > before
      return { name: this.#skip('as') ? this.#name() : last, value, isOfAll }
    })
  }

  #countAll(): Expression {
    this.#expect('(')
    this.#expect('*')
    this.#expect(')')
    return () => 1
  }

  #from(): FromItem[] {
    const items = [this.#fromItem(false)]
    for (;;) {
      const isLeft = this.#skip('left')
      const isCross = this.#skip('cross')
      if (!this.#skip('join')) {
        if (isLeft || isCross) this.#fail()
        if (!this.#skip(',')) return items
      }
      this.#skip('lateral')
      items.push(this.#fromItem(isLeft))
    }
  }

  #fromItem(isLeft: boolean): FromItem {
    let rows: (name: string) => FromItem['rows']
    let table: string | undefined
    let fallback = ''
    if (this.#peek === '(') {
      const select = this.#subselect()
      rows = (name) => (scope, run) => memoized(select, scope, run).map((row) => ({ name, row }))
    } else {
      const of = this.#name()
      fallback = of
      if (of === 'rows' && this.#peek === '(') {
        const [given] = this.#parameters()
        rows = (name) => (_scope, run) => (run.parameters[given as number] as GivenRows).rows.map((row) => ({ name, row }))
      } else if (of === 'generate_series') {
        const [from, to] = this.#arguments()
        rows = (name) => (scope, run) => {
          const first = Number(from?.(scope, run))
          return Array.from({ length: Number(to?.(scope, run)) - first + 1 }, (_, i) => ({ name, row: { generate_series: first + i } }))
        }
      } else {
        table = of
        rows = (name) => (_scope, run) => run.named.get(of)?.map((row) => ({ name, row })) ?? (name === of ? run.read(of) : run.read(of).map((source) => ({ ...source, name })))
      }
    }
    this.#skip('as')
    const name = this.#peek !== undefined && /^[a-z_]\w*$/i.test(this.#peek) && !clauses.has(this.#peek) ? this.#name() : fallback
    const on = this.#tokens[this.#at + 1] !== 'conflict' && this.#skip('on') ? this.#expression() : undefined
    return { name, table, rows: rows(name), on, isLeft, keys: [] }
  }

  /** `($1)`: which parameters. */
  #parameters(): number[] {
    this.#expect('(')
    const numbers = this.#list(() => Number(this.#take().slice(1)) - 1)
    this.#expect(')')
    return numbers
  }

  #order(): { by: Expression; descending: boolean }[] {
    this.#expect('by')
    return this.#list(() => ({ by: this.#expression(), descending: this.#skip('desc') }))
  }

  #lock(): Select['lock'] {
    let mode: LockMode
    if (this.#skip('key')) {
      this.#expect('share')
      mode = 'key share'
    } else if (this.#skip('no')) {
      this.#expect('key')
      this.#expect('update')
      mode = 'no key update'
    } else {
      this.#expect('update')
      mode = 'update'
    }
    const of = this.#skip('of') ? this.#name() : undefined
    const skipsLocked = this.#skip('skip')
    if (skipsLocked) this.#expect('locked')
    return { mode, of, skipsLocked }
  }

  #expression(): Expression {
    let left = this.#conjunction()
    while (this.#skip('or')) {
      const [a, b] = [left, this.#conjunction()]
      left = (scope, run) => isTrue(a(scope, run)) || isTrue(b(scope, run)) ? 1 : 0
    }
    return left
  }

  #conjunction(): Expression {
    const parts = [this.#comparison()]
    while (this.#skip('and')) parts.push(this.#comparison())
    if (parts.length === 1) return parts[0] as Expression
    const all: Expression = (scope, run) => parts.every((part) => isTrue(part(scope, run))) ? 1 : 0
    return Object.assign(all, { parts: parts.flatMap((part) => part.parts ?? [part]) })
  }

  #comparison(): Expression {
    if (this.#skip('not')) {
      const value = this.#comparison()
      return (scope, run) => flip(value(scope, run))
    }
    const before = this.#references.length
    const left = this.#sum()
    const between = this.#references.length
    if (this.#skip('is')) {
      const isNot = this.#skip('not')
      if (this.#skip('distinct')) {
        this.#expect('from')
        const right = this.#sum()
        return (scope, run) => (left(scope, run) === right(scope, run)) === isNot ? 1 : 0
      }
      this.#expect('null')
      return (scope, run) => (left(scope, run) === null) === isNot ? 0 : 1
    }
    const isNot = this.#skip('not')
    if (this.#skip('in')) {
      const among = this.#tokens[this.#at + 1] === 'select' ? this.#amongSelected() : this.#amongListed()
      return (scope, run) => {
        const value = left(scope, run)
        return value === null ? null : among(value, scope, run) === isNot ? 0 : 1
      }
    }
    if (this.#skip('between')) {
      const least = this.#sum()
      this.#expect('and')
      const most = this.#sum()
      return (scope, run) => {
        const value = left(scope, run)
        return value !== null && compare(least(scope, run), value) <= 0 && compare(value, most(scope, run)) <= 0 ? 1 : 0
      }
    }
    const sign = this.#peek ?? ''
    const compared = comparisons[sign]
    if (compared === undefined) return left
    this.#at++
    const right = this.#sum()
    const comparison: Expression = (scope, run) => {
      const a = left(scope, run)
      const b = right(scope, run)
      return a === null || b === null ? null : compared(a, b) ? 1 : 0
    }
    if (sign === '=') comparison.equation = [{ side: left, references: this.#references.slice(before, between) }, { side: right, references: this.#references.slice(between) }]
    return comparison
  }

  #amongSelected(): (value: Cell, scope: Scope, run: Run) => boolean {
    const select = this.#subselect()
    return (value, scope, run) => memoized(select, scope, run).some((row) => firstCell(row) === value)
  }

  #amongListed(): (value: Cell, scope: Scope, run: Run) => boolean {
    const listed = this.#arguments()
    return (value, scope, run) => listed.some((one) => one(scope, run) === value)
  }

  #sum(): Expression {
    let left = this.#product()
    while (this.#peek === '+' || this.#peek === '-') {
      const sign = this.#take() === '+' ? 1 : -1
      const [a, b] = [left, this.#product()]
      left = (scope, run) => ofNumbers(a(scope, run), b(scope, run), (x, y) => x + sign * y)
    }
    return left
  }

  #product(): Expression {
    let left = this.#cast()
    while (this.#peek !== undefined && this.#peek in products) {
      const of = products[this.#take()] as (x: number, y: number) => number
      const [a, b] = [left, this.#cast()]
      left = (scope, run) => ofNumbers(a(scope, run), b(scope, run), of)
    }
    return left
  }

  #cast(): Expression {
    const value = this.#primary()
    if (!this.#skip('::')) return value
    const isNumber = ['bigint', 'int', 'integer'].includes(this.#name())
    return (scope, run) => {
      const cell = value(scope, run)
      return cell !== null && isNumber ? Number(cell) : cell
    }
  }

  #primary(): Expression {
    const token = this.#take()
    if (token === '(') {
      if (this.#peek === 'select') {
        this.#at--
        const select = this.#subselect()
        return (scope, run) => {
          const [row] = memoized(select, scope, run)
          return row === undefined ? null : firstCell(row)
        }
      }
      const value = this.#expression()
      this.#expect(')')
      return value
    }
    if (token.startsWith('$')) {
      const index = Number(token.slice(1)) - 1
      return (_scope, run) => run.parameters[index] as Cell
    }
    if (token.startsWith("'")) {
      const text = token.slice(1, -1).replaceAll("''", "'")
      return () => text
    }
    if (/^\d/.test(token)) {
      const number = Number(token)
      return () => number
    }
    if (token === 'null') return () => null
    if (token === 'true' || token === 'false') return () => token === 'true' ? 1 : 0
    if (token === 'case') return this.#case()
    if (token === 'cast') {
      this.#expect('(')
      const value = this.#expression()
      this.#expect('as')
      this.#name()
      this.#expect(')')
      return value
    }
    if (token === 'exists') {
      const select = this.#subselect()
      return (scope, run) => memoized(select, scope, run).length > 0 ? 1 : 0
    }
    if (!/^[a-z_]/i.test(token)) this.#fail()
    if (this.#peek === '(') return this.#call(token)
    const isQualified = this.#skip('.')
    const column = isQualified ? this.#name() : token
    const reference = { of: isQualified ? token : undefined, column }
    this.#references.push(reference)
    const value: Expression = isQualified ? (scope, run) => lookUpIn(token, column, scope, run) : (scope, run) => lookUp(column, scope, run)
    return Object.assign(value, { column: reference })
  }

  #case(): Expression {
    const branches: { when: Expression; value: Expression }[] = []
    while (this.#skip('when')) {
      const when = this.#expression()
      this.#expect('then')
      branches.push({ when, value: this.#expression() })
    }
    const otherwise = this.#skip('else') ? this.#expression() : () => null
    this.#expect('end')
    return (scope, run) => (branches.find(({ when }) => isTrue(when(scope, run)))?.value ?? otherwise)(scope, run)
  }

  #call(name: string): Expression {
    if (name === 'min' || name === 'max' || name === 'count') {
      const of = this.#tokens[this.#at + 1] === '*' ? this.#countAll() : this.#arguments()[0] ?? this.#fail()
      this.#aggregates++
      return ofAll(name, of)
    }
    const given = this.#arguments()
    const [first] = given
    switch (name) {
      case 'now': return (_scope, run) => run.now
      case 'coalesce': return (scope, run) => {
        for (const one of given) {
          const value = one(scope, run)
          if (value !== null) return value
        }
        return null
      }
      case 'greatest': case 'least': return (scope, run) => given.map((one) => one(scope, run)).filter((value) => value !== null).reduce((a, b) => (compare(a, b) < 0) === (name === 'least') ? a : b)
      case 'octet_length': return (scope, run) => Buffer.byteLength(String(first?.(scope, run)))
      case 'nextval': return (scope, run) => run.nextOf(String(first?.(scope, run)))
      case 'pg_advisory_xact_lock': return (scope, run) => {
        run.advisory = given.map((one) => one(scope, run)).join(' ')
        return null
      }
      case 'pg_try_advisory_xact_lock': return (scope, run) => run.lockAtOnce(`advisory ${given.map((one) => one(scope, run)).join(' ')}`, 'update') ? 1 : 0
      default: throw new Error(`The simulation does not know the function ${name}: ${this.text}`)
    }
  }

  #arguments(): Expression[] {
    this.#expect('(')
    if (this.#skip(')')) return []
    const given = this.#list(() => this.#expression())
    this.#expect(')')
    return given
  }

  #subselect(): Select {
    this.#expect('(')
    const aggregates = this.#aggregates
    const select = this.#select()
    this.#aggregates = aggregates
    this.#expect(')')
    return select
  }

  #list<T>(one: () => T): T[] {
    const list = [one()]
    while (this.#skip(',')) list.push(one())
    return list
  }

  get #peek(): string | undefined { return this.#tokens[this.#at] }

  #take(): string {
    return this.#tokens[this.#at++] ?? this.#fail()
  }

  #skip(token: string): boolean {
    if (this.#peek !== token) return false
    this.#at++
    return true
  }

  #expect(token: string): void {
    if (!this.#skip(token)) this.#fail(token)
  }

  #name(): string {
    const name = this.#take()
    if (name.startsWith('"')) return name.slice(1, -1)
    return /^[a-z_]\w*$/i.test(name) ? name : this.#fail('a name')
  }

  #fail(expected = 'something else'): never {
    throw new Error(`The simulation cannot read this SQL: ${expected} is expected before "${this.#tokens.slice(this.#at, this.#at + 6).join(' ')}" in ${this.text}`)
  }
}

/** The columns of a table that the conditions give a value, from what is known before its rows are: not from itself, nor from what is joined later. */
function keysOf(name: string, isAlone: boolean, conditions: readonly (Expression | undefined)[], later: readonly string[]): Key[] {
  return conditions.flatMap((condition) => condition === undefined ? [] : condition.parts ?? [condition]).flatMap(({ equation }) => {
    const [left, right] = equation ?? []
    if (left === undefined || right === undefined) return []
    const isOwn = ({ side: { column } }: typeof left): boolean => column !== undefined && (column.of === name || (isAlone && column.of === undefined))
    const isKnown = ({ references }: typeof left): boolean => references.every(({ of }) => of !== undefined && of !== name && !later.includes(of))
    if (isOwn(left) && isKnown(right)) return [[left.side.column?.column ?? '', right.side] as const]
    return isOwn(right) && isKnown(left) ? [[right.side.column?.column ?? '', left.side] as const] : []
  })
}

const comparisons: Record<string, (a: string | number, b: string | number) => boolean> = {
  '=': (a, b) => a === b, '<>': (a, b) => a !== b, '<': (a, b) => a < b, '<=': (a, b) => a <= b, '>': (a, b) => a > b, '>=': (a, b) => a >= b,
}

/** Whole numbers divided give a whole number. */
const products: Record<string, (x: number, y: number) => number> = { '*': (x, y) => x * y, '/': (x, y) => Math.trunc(x / y), '%': (x, y) => x % y }

function flip(value: Cell): Cell {
  return value === null ? null : isTrue(value) ? 0 : 1
}

function ofNumbers(a: Cell, b: Cell, of: (a: number, b: number) => number): Cell {
  return a === null || b === null ? null : of(Number(a), Number(b))
}

function firstCell(row: Row): Cell {
  for (const name in row) return row[name] ?? null
  return null
}

function memoized(select: Select, scope: Scope, run: Run): readonly Row[] {
  const known = run.memo.get(select)
  if (known !== undefined) return known
  const before = run.outermost
  run.outermost = Infinity
  const rows = rowsOf(select, scope, run)
  if (run.outermost > scope.level) run.memo.set(select, rows)
  run.outermost = Math.min(before, run.outermost)
  return rows
}

function lookUp(column: string, scope: Scope, run: Run): Cell {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    for (const { row } of at.sources) {
      if (column in row) {
        run.outermost = Math.min(run.outermost, at.level)
        return row[column] as Cell
      }
    }
  }
  throw new Error(`The simulation knows no column ${column} here.`)
}

function lookUpIn(name: string, column: string, scope: Scope, run: Run): Cell {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    for (const source of at.sources) {
      if (source.name === name) {
        run.outermost = Math.min(run.outermost, at.level)
        const cell = source.row[column]
        if (cell === undefined && source.row !== noRow) break
        return cell ?? null
      }
    }
  }
  throw new Error(`The simulation knows no ${name}.${column} here.`)
}
