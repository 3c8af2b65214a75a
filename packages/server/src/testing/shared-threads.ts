import { EventEmitter } from 'node:events'
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads'
import type { ThreadData } from '../operations/serve-sqlite.js'
import type { Thread } from '../operations/sqlite-store.js'

/** What is sent to a thread that does the work of several, one after another or side by side. */
export interface Engagement { port: MessagePort; data: ThreadData }

const workers = new Map<ThreadData['role'], Worker>()

/**
 * Stands for a thread of a SQLite file's own: the same work in a thread that is kept for the test file's other databases,
 * as beginning one takes longer than most tests. Its files, connections and memory are each database's own.
 */
export function engageThread(data: ThreadData): Thread {
  const { port1, port2 } = new MessageChannel()
  workerFor(data.role).postMessage({ port: port2, data } satisfies Engagement, [port2])
  return new EngagedThread(port1)
}

function workerFor(role: ThreadData['role']): Worker {
  let worker = workers.get(role)
  if (worker === undefined) {
    worker = new Worker(new URL('./shared-thread.js', import.meta.url))
    worker.unref()
    workers.set(role, worker)
  }
  return worker
}

class EngagedThread extends EventEmitter implements Thread {
  constructor(private readonly port: MessagePort) {
    super()
    port.on('message', (message) => this.emit('message', message))
    port.on('close', () => this.emit('exit', 0))
  }

  postMessage(message: unknown): void { this.port.postMessage(message) }

  async terminate(): Promise<number> {
    this.port.close()
    return 0
  }
}
