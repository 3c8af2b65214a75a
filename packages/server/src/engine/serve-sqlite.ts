import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { commands } from './commands.js'
import { queries } from './queries.js'
import { Problem, type ProblemDetails } from '../problems/problem.js'
import { sqliteAwayCode } from '../storage/database-away.js'
import { migrate } from '../storage/migrate.js'
import { rawSql } from '../storage/sql.js'
import { SqliteDatabase } from '../storage/sqlite.js'
import { lockSqliteFile } from '../storage/sqlite-lock.js'
import { emptyMemory, turn, type Memory } from './turn.js'
import { unpackTurn, type TurnMessage } from './turn-message.js'

/** Which of the two threads of a SQLite file this is. */
export interface ThreadData { path: string; role: 'writer' | 'reader'; now: number }
export interface Call { id: number; name: string; input: unknown; now: number }
export type Reply =
  | { id: number; tookMs: number; output: unknown }
  | { id: number; tookMs: number; error: { name: string; message: string; stack?: string | undefined; code?: string | undefined; problem?: ProblemDetails } }
export type Greeting = { ready: true; migrations: number } | { ready: false; error: string }

/** Pages that the WAL may hold before the writer copies them itself, in a publisher's time; the reader's thread normally did it before. */
const writerCheckpointPages = 16_000
/** While it copies, every commit waits for the same disk; so it copies little at a time. It writes no more for that. */
const readerCheckpointPages = 1_000
const checkpointEveryMs = 100
const restingCheckpointEveryMs = 500
/** What the writer touches again and again are the right edges of its tables and one leaf for each busy endpoint. */
const writerCacheKiB = 16_384
const readerCacheKiB = 8_192

/** What one of a file's two threads does: it opens the file, says whether it could, and answers what comes through the port until that says `close`. */
export async function serveSqlite(port: MessagePort, data: ThreadData): Promise<void> {
  const file = new OpenFile(data)
  try {
    const migrations = await file.open()
    serveCalls(port, file)
    if (file.role === 'reader') void keepCheckpointed(file)
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

  constructor({ path, role, now }: ThreadData) {
    this.#path = path
    this.role = role
    this.now = now
  }

  get db(): SqliteDatabase { return this.#db as SqliteDatabase }

  /** Tells how many migrations ran. */
  async open(): Promise<number> {
    if (this.role === 'writer') this.#lock = lockSqliteFile(this.#path)
    this.#db = new SqliteDatabase(this.#path, { clock: () => this.now, autoCheckpointPages: writerCheckpointPages, cacheKiB: this.role === 'writer' ? writerCacheKiB : readerCacheKiB })
    if (this.role === 'writer') return (await migrate(this.#db)).length
    this.#db.exec('pragma query_only = on')
    return 0
  }

  close(): void {
    this.isClosed = true
    this.#db?.close()
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

/** Looks often only while there is something to do: of a server that rests, each look is a thread that wakes. */
async function keepCheckpointed(file: OpenFile): Promise<void> {
  if (file.isClosed) return
  const left = await checkpoint(file.db)
  setTimeout(() => void keepCheckpointed(file), left > readerCheckpointPages / 8 ? checkpointEveryMs : restingCheckpointEveryMs).unref()
}

/** A passive checkpoint never waits and never makes the writer wait; it copies what the WAL holds while others work. Tells how many pages were not in the file yet. */
async function checkpoint(db: SqliteDatabase): Promise<number> {
  try {
    const state = await db.first<{ log: number; checkpointed: number }>(rawSql('pragma wal_checkpoint(noop)'))
    const left = state === undefined ? 0 : state.log - state.checkpointed
    if (left > readerCheckpointPages) await db.first(rawSql('pragma wal_checkpoint(passive)'))
    return left
  } catch {
    // A busy or full disk: the next time will do, and the writer tells of what is really wrong.
    return 0
  }
}
