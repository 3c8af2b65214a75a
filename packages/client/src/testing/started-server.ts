import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { readSettings } from '../../../server/dist/config/read-settings.js'
import { startServer, type RunningServer } from '../../../server/dist/server/start-server.js'
import { Posthorn, type PosthornOptions } from '../posthorn.js'

export const adminKey = 'the-admin-key-of-the-client-tests-0123456789'

/** A Posthorn as `posthorn dev` starts it, in this process; one for all tests of a file. */
export class StartedServer {
  #folder = ''
  #running: RunningServer | undefined
  #organizations = 0

  get url(): string { return this.#started.url }

  client(options: PosthornOptions = {}): Posthorn {
    return new Posthorn({ url: this.url, key: adminKey, ...options })
  }

  /** A new organization, and its id. */
  async organization(): Promise<string> {
    return (await this.client().organizations.create({ id: `tenant-${++this.#organizations}`, name: 'Of a test' })).id
  }

  async start(): Promise<void> {
    this.#folder = mkdtempSync(join(tmpdir(), 'posthorn-client-'))
    const reading = readSettings({
      mode: 'dev', readSecretFile: () => '', flags: { port: '0', host: '127.0.0.1' },
      env: { POSTHORN_API_KEY: adminKey, POSTHORN_LOG: join(this.#folder, 'log'), DATABASE_URL: `sqlite:${join(this.#folder, 'posthorn.db')}`, GITHUB_WEBHOOK_SECRET: undefined },
    })
    if (!reading.ok) throw new Error(reading.mistakes.join('\n'))
    this.#running = await startServer(reading.settings)
  }

  async stop(): Promise<void> {
    await this.#running?.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  get #started(): RunningServer {
    if (this.#running === undefined) throw new Error('The server runs only while tests do.')
    return this.#running
  }
}

export function givenServer(): StartedServer {
  const server = new StartedServer()
  beforeAll(() => server.start())
  afterAll(() => server.stop())
  return server
}
