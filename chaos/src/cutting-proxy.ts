import { connect, createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/** When a connection is cut: as soon as the COMMIT is on its way, or once the database has answered it and before the answer arrives. */
export type CutAt = 'sent' | 'answered'

/**
 * Stands between the nodes and PostgreSQL and can cut a connection between COMMIT and its reply, the moment at which a
 * client cannot know what became of its transaction.
 */
export class CuttingProxy {
  /** Connections that were cut so far. */
  cuts = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #decide: (() => CutAt | undefined) | undefined

  private constructor(to: { host: string; port: number }) {
    this.#server = createServer((client) => this.#join(client, connect(to)))
  }

  static async start(to: { host: string; port: number }): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(to)
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject)
      proxy.#server.listen(0, '127.0.0.1', resolve)
    })
    return proxy
  }

  get port(): number { return (this.#server.address() as AddressInfo).port }

  /** From now on, `decide` is asked at every COMMIT whether and when to cut; undefined lets all pass again. */
  cutBy(decide: (() => CutAt | undefined) | undefined): void {
    this.#decide = decide
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #join(client: Socket, server: Socket): void {
    let isCutting: CutAt | undefined
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#sockets.delete(socket)
        client.destroy()
        // What was already sent still has to reach the database.
        server.end()
      })
    }
    client.on('data', (chunk: Buffer) => {
      if (isCutting === undefined && chunk.includes(commit)) isCutting = this.#decide?.()
      server.write(chunk, () => {
        if (isCutting !== 'sent') return
        this.cuts++
        client.destroy()
      })
    })
    server.on('data', (chunk: Buffer) => {
      if (isCutting === undefined) client.write(chunk)
      else if (chunk.includes(committed)) {
        if (isCutting === 'answered') this.cuts++
        client.destroy()
      }
    })
  }
}

/** As a statement ends in the protocol, and as the server tells of a command it has completed. */
const commit = Buffer.from('commit\0')
const committed = Buffer.from('COMMIT\0')
