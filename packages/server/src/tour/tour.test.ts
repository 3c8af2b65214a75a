import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readSettings } from '../config/read-settings.js'
import { startServer, type RunningServer } from '../server/start-server.js'
import { sampleOrganizations } from './sample-organizations.js'
import { giveTour, type TourSurroundings } from './tour.js'

const adminKey = 'the-admin-key-of-the-tour-0123456789-ab'

describe('the tour', () => {
  let folder: string
  let server: RunningServer
  let surroundings: TourSurroundings
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'posthorn-tour-'))
    const reading = readSettings({ mode: 'dev', env: { PORT: '0', DATABASE_URL: `sqlite:${folder}/posthorn.db`, POSTHORN_LOG: 'off', POSTHORN_API_KEY: adminKey }, readSecretFile: () => '' })
    if (!reading.ok) throw new Error(reading.mistakes.join('\n'))
    server = await startServer(reading.settings)
    surroundings = { store: server.store, fetch: server.fetch, adminKey, url: server.url }
  })
  afterEach(async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('is given once', async () => {
    expect(await giveTour(surroundings)).toHaveLength(5)
    expect(await giveTour(surroundings)).toBeUndefined()
  })

  test('tells what became of each first attempt', async () => {
    const stops = await giveTour(surroundings) ?? []
    expect(stops.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 5 }, () => ({ status: 200, error: null, durationMs: expect.any(Number) as unknown })))
  })

  test('that was interrupted is taken up where it ended, and makes nothing twice', async () => {
    for (const until of [1, 4, 9]) {
      let requests = 0
      const interrupted = { ...surroundings, fetch: (request: Request) => ++requests > until ? Promise.reject(new Error('killed')) : server.fetch(request) }
      await expect(giveTour(interrupted)).rejects.toThrow('killed')
    }
    expect(await giveTour(surroundings)).toHaveLength(5)

    expect(await list('')).toHaveLength(5)
    for (const { id, event } of sampleOrganizations) {
      expect(await list(`/${id}/endpoints`)).toHaveLength(1)
      expect(await list(`/${id}/events`)).toMatchObject([{ type: event.type }])
    }
  })

  async function list(path: string): Promise<unknown[]> {
    const response = await server.fetch(new Request(`${server.url}/v1/organizations${path}`, { headers: { authorization: `Bearer ${adminKey}` } }))
    return ((await response.json()) as { data: unknown[] }).data
  }
})
