import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { beginSession } from '../lanes/sessions.js'
import { isDatabaseAway } from '../storage/database-away.js'
import { migrate } from '../storage/migrate.js'
import { sql } from '../storage/sql.js'
import { SqliteDatabase } from '../storage/sqlite.js'
import { emptyMemory, turn } from './turn.js'
import type { Settlement } from '../deliveries/settle.js'
import type { NewEvent } from '../events/event.js'

const event = (data: string): NewEvent => ({ organizationId: 1, type: 'order.created', data, occurredAt: 1, createdAt: Date.UTC(2026, 0, 15), origin: 0, bytes: data.length })

describe('a turn on SQLite', () => {
  let folder: string
  let db: SqliteDatabase
  let session: string
  const memory = emptyMemory()
  const run = (events: NewEvent[], settlements: Settlement[] = []) => turn(db, { session, events, settlements, release: [], dispatch: { organizations: [1], limit: 1_000, deliveries: 1_000, room: 1_000, fullLanes: [] } }, memory)
  const count = async (): Promise<number> => ((await db.first<{ n: number }>(sql`select count(*) as n from events`)) as { n: number }).n

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'posthorn-turn-'))
    db = new SqliteDatabase(join(folder, 'posthorn.db'), { clock: () => Date.UTC(2026, 0, 15) })
    await migrate(db)
    await db.run(sql`insert into organizations (id, public_id, name, format, retry_policy, event_type_policy, created_at, updated_at) values (1, 'acme', 'Acme', 'standard', '"standard"', 'off', 0, 0)`)
    await db.run(sql`insert into streams (organization_id, last_id) values (1, 0)`)
    await db.run(sql`insert into cursors (organization_id, dispatched_id, endpoints_version) values (1, 0, 1)`)
    session = await beginSession(db, 'test')
  })
  afterEach(() => {
    db.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('stores all of it or, when the file may not grow, none of it, and goes on when there is room again', async () => {
    const { pages } = await db.first<{ pages: number }>(sql`select page_count as pages from pragma_page_count`) as { pages: number }
    db.exec(`pragma max_page_count = ${pages + 20}`)
    const fillUp = async (stored: number): Promise<{ stored: number; failure: unknown }> => {
      try {
        await run([event(`"${'x'.repeat(3_000)}"`), event(`"${'y'.repeat(3_000)}"`)])
      } catch (failure) {
        return { stored, failure }
      }
      return stored < 1_000 ? fillUp(stored + 2) : { stored, failure: undefined }
    }
    const { stored, failure } = await fillUp(0)
    expect(isDatabaseAway(failure)).toBe(true)
    expect(await count()).toBe(stored)

    db.exec('pragma max_page_count = 1000000')
    await run([event('1')])
    expect(await count()).toBe(stored + 1)
    expect(await db.first(sql`select dispatched_id = last_id as same from cursors join streams using (organization_id)`)).toEqual({ same: 1 })
  })

  test('an attempt that cannot be written keeps nobody from publishing', async () => {
    await db.run(sql`insert into deliveries (event_id, endpoint_id, organization_id, state, attempts, step, format, exempt, due_at, updated_at) values (7, 1, 1, 0, 0, 0, 1, 0, 0, 0)`)
    const broken = {
      eventId: 7, endpointId: 1, organizationId: 1, attempts: 0, state: 2, acceptedAt: 0, step: 0, waitMs: 0, at: 0, durationMs: 'no number' as unknown as number, status: 200, errorClass: null, error: null,
      url: '', requestHeaders: '{}', responseHeaders: null, answer: null, disable: null, failingSince: undefined, alerts: [],
    } satisfies Settlement
    const result = await run([event('1')], [broken])
    expect(result.settleError).toMatchObject({ isOfData: true })
    expect(result.appended).toMatchObject([{ kind: 'appended' }])
    expect(await db.first(sql`select state, attempts from deliveries where event_id = 7`)).toEqual({ state: 0, attempts: 0 })
  })
})
