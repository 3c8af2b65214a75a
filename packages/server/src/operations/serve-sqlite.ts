import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { commands } from './commands.js'
import { queries } from './queries.js'
import { Problem, type ProblemDetails } from '../problems/problem.js'
import { sqliteAwayCode } from '../storage/database-away.js'
import { migrate } from '../storage/migrate.js'
import { SqliteDatabase } from '../storage/sqlite.js'
import { lockSqliteFile } from '../storage/sqlite-lock.js'
import { WalEnd, commitCopiesPages, keepCopying } from '../storage/sqlite-wal.js'
import { emptyMemory, turn, type Memory } from '../turns/turn.js'
import { unpackTurn, type TurnMessage } from '../turns/turn-message.js'

/** Which of the two threads of a SQLite file this is. */
export interface ThreadData { path: string; role: 'writer' | 'reader'; now: number }
export interface Call { id: number; name: string; input: unknown; now: number }
export type Reply =
  | { id: number; tookMs: number; output: unknown }
  | { id: number; tookMs: number; error: { name: string; message: string; stack?: string | undefined; code?: string | undefined; problem?: ProblemDetails } }
export type Greeting = { ready: true; migrations: number } | { ready: false; error: string }

/** What the writer touches again and again are the right edges of its tables and one leaf for each busy endpoint. */
const writerCacheKiB = 16_384
const readerCacheKiB = 8_192

/** What one of a file's two threads does: it opens the file, says whether it could, and answers what comes through the port until that says `close`. */
export async function serveSqlite(port: MessagePort, data: ThreadData): Promise<void> {
  const file = new OpenFile(data)
  try {
    const migrations = await file.open()
    serveCalls(port, file)
    if (file.role === 'reader') void keepCopying(file.db, () => file.isClosed)
    port.postMessage({ ready: true, migrations } satisfies Greeting)
  } catch (error) {
    file.close()
    port.postMessage({ ready: false, error: (error as Error).message } satisfies Greeting)
  }
}

class OpenFile {
  readonly role: ThreadData['role']
  readonly #path: string
  /** The time of the call that is answered is the database's. */
  now: number
  isClosed = false
  #db: SqliteDatabase | undefined
  // Kept here, not only by its statements: the driver closes a connection that nothing else refers to.
  #lock: ReturnType<typeof lockSqliteFile> | undefined
  /** The writer's part of keeping the WAL short. */
  walEnd: WalEnd | undefined

  constructor({ path, role, now }: ThreadData) {
    this.#path = path
    this.role = role
    this.now = now
  }

  get db(): SqliteDatabase { return this.#db as SqliteDatabase }

  /** Tells how many migrations ran. */
  async open(): Promise<number> {
    if (this.role === 'writer') this.#lock = lockSqliteFile(this.#path)
    this.#db = new SqliteDatabase(this.#path, { clock: () => this.now, autoCheckpointPages: commitCopiesPages, cacheKiB: this.role === 'writer' ? writerCacheKiB : readerCacheKiB })
    if (this.role === 'writer') {
      this.walEnd = new WalEnd(this.#db, this.#path)
      return (await migrate(this.#db)).length
    }
    this.#db.exec('pragma query_only = on')
    return 0
  }

  close(): void {
    this.isClosed = true
    this.#db?.close()
    this.walEnd?.close()
    this.#lock?.close()
  }
}

/**
 * Operations take turns: each is awaited before the next begins, as one connection has one transaction. A turn, which
 * publishers wait for, goes before whatever else waits: it waits for one operation at the most.
 */
function serveCalls(port: MessagePort, file: OpenFile): void {
  const memory = emptyMemory()
  const operations = (file.role === 'writer' ? { ...commands, turn: packedTurn } : queries) as unknown as Record<string, (db: SqliteDatabase, input: unknown, memory: Memory) => Promise<unknown>>
  const line: (Call | 'close')[] = []
  let isServing = false

  port.on('message', (call: Call | 'close') => {
    line.push(call)
    if (!isServing) void serve()
  })

  async function serve(): Promise<void> {
    isServing = true
    for (let call = next(); call !== undefined; call = next()) await answer(call)
    isServing = false
  }

  function next(): Call | 'close' | undefined {
    // What has arrived while the last operation ran.
    for (let arrived = receiveMessageOnPort(port); arrived !== undefined; arrived = receiveMessageOnPort(port)) line.push(arrived.message as Call | 'close')
    const turnAt = line.findIndex((call) => call !== 'close' && call.name === 'turn')
    return turnAt > 0 ? line.splice(turnAt, 1)[0] : line.shift()
  }

  async function answer(call: Call | 'close'): Promise<void> {
    if (call === 'close') {
      file.close()
      port.close()
      return
    }
    file.now = call.now
    const startedAt = performance.now()
    try {
      const operation = operations[call.name]
      if (operation === undefined) throw new Error(`There is no ${file.role === 'writer' ? 'command' : 'query'} ${call.name}.`)
      const output = await operation(file.db, call.input, memory)
      port.postMessage({ id: call.id, tookMs: performance.now() - startedAt, output } satisfies Reply)
    } catch (error) {
      port.postMessage({ id: call.id, tookMs: performance.now() - startedAt, error: describeError(error) } satisfies Reply)
    }
    await file.walEnd?.tend()
  }
}

function packedTurn(db: SqliteDatabase, message: TurnMessage, memory: Memory): ReturnType<typeof turn> {
  return turn(db, unpackTurn(message), memory)
}

function describeError(error: unknown): { name: string; message: string; stack?: string | undefined; code?: string | undefined; problem?: ProblemDetails } {
  if (error instanceof Problem) return { name: error.name, message: error.message, problem: error.toJSON() }
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) }
  const { code } = error as { code?: string }
  return { name: error.name, message: error.message, stack: error.stack, code: sqliteAwayCode(error) ?? code }
}
