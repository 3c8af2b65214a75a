import { dirname } from 'node:path'
import type { EventEmitter } from 'node:events'
import { Worker } from 'node:worker_threads'
import { makeFolder } from '../files/make-folder.js'
import { Problem } from '../problems/problem.js'
import type { Call, Greeting, Reply, ThreadData } from './serve-sqlite.js'
import type { Clock } from '../time/clock.js'
import type { Store } from './store.js'
import type { Turn } from '../turns/turn.js'
import { packTurn } from '../turns/turn-message.js'

/**
 * Opens a SQLite file, brings its schema up to date and gives its operations. Two threads stand beside the event loop:
 * one that writes and one that reads, so that neither the disk nor a long list delays a request.
 */
export async function openSqliteStore(path: string, clock: Clock, begin: BeginThread = beginWorker): Promise<Store & { readonly migrations: number }> {
  makeFolder(dirname(path))
  const writer = await SqliteThread.start(begin({ path, role: 'writer', now: clock.now() }))
  try {
    // The writer first: it makes the file and sets its journal mode.
    const reader = await SqliteThread.start(begin({ path, role: 'reader', now: clock.now() }))
    return {
      dialect: 'sqlite',
      migrations: writer.migrations,
      command: (name, input) => writer.call(name, name === 'turn' ? packTurn(input as Turn) : input, clock.now()) as never,
      query: (name, input) => reader.call(name, input, clock.now()) as never,
      writerActiveMs: () => writer.activeMs,
      async close() {
        await reader.close()
        await writer.close()
      },
    }
  } catch (error) {
    await writer.close()
    throw error
  }
}

/** Begins a thread that does `serveSqlite`. */
export type BeginThread = (data: ThreadData) => Thread
export interface Thread extends EventEmitter { postMessage(message: unknown): void; terminate(): Promise<number> }

function beginWorker(workerData: ThreadData): Thread {
  return new Worker(new URL('./sqlite-thread.js', import.meta.url), { workerData })
}

class SqliteThread {
  readonly #worker: Thread
  readonly #waiting = new Map<number, { resolve: (output: unknown) => void; reject: (error: Error) => void }>()
  #lastId = 0
  #ended: Error | undefined
  migrations = 0
  activeMs = 0

  private constructor(worker: Thread) {
    this.#worker = worker
    this.#worker.on('error', (error) => this.#end(error as Error))
    this.#worker.on('exit', () => this.#end(new Error('The database thread has ended.')))
  }

  static start(worker: Thread): Promise<SqliteThread> {
    const thread = new SqliteThread(worker)
    return new Promise((resolve, reject) => {
      thread.#worker.once('error', reject)
      thread.#worker.once('message', (greeting: Greeting) => {
        if (!greeting.ready) {
          void thread.#worker.terminate()
          reject(new Error(greeting.error))
          return
        }
        thread.migrations = greeting.migrations
        thread.#worker.on('message', (reply: Reply) => thread.#receive(reply))
        resolve(thread)
      })
    })
  }

  call(name: string, input: unknown, now: number): Promise<unknown> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId
      this.#waiting.set(id, { resolve, reject })
      this.#worker.postMessage({ id, name, input, now } satisfies Call)
    })
  }

  async close(): Promise<void> {
    if (this.#ended !== undefined) return
    await new Promise<void>((resolve) => {
      this.#worker.once('exit', () => resolve())
      this.#worker.postMessage('close')
    })
  }

  #receive(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id)
    if (waiting === undefined) return
    this.#waiting.delete(reply.id)
    this.activeMs += reply.tookMs
    if ('output' in reply) waiting.resolve(reply.output)
    else waiting.reject(asError(reply.error))
  }

  #end(error: Error): void {
    this.#ended ??= error
    for (const waiting of this.#waiting.values()) waiting.reject(this.#ended)
    this.#waiting.clear()
  }
}

function asError({ name, message, stack, code, problem }: Extract<Reply, { error: unknown }>['error']): Error {
  if (problem !== undefined) return Problem.fromJSON(problem)
  const error = new Error(message)
  error.name = name
  if (stack !== undefined) error.stack = stack
  return Object.assign(error, code === undefined ? {} : { code })
}
