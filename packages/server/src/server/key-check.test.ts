import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Posthorn } from '../index.js'
import { keyCheckFact } from '../secrets/key-check.js'
import { SqliteDatabase } from '../storage/sqlite.js'
import { sql } from '../storage/sql.js'
import { PosthornProcess } from '../testing/posthorn-process.js'

const [key, otherKey] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [string, string]
const apiKey = 'an admin key of more than thirty-two characters'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'posthorn-key-')) })
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const file = () => join(folder, 'posthorn.db')
const posthorn = (encryptionKey: string) => new Posthorn({ database: `sqlite:${file()}`, encryptionKey, apiKey })

describe('a database under another encryption key', () => {
  test('is refused at the start, and accepted again under its own', async () => {
    const first = posthorn(key)
    await first.start()
    await first.stop()
    await expect(posthorn(otherKey).start()).rejects.toThrow(/^POSTHORN_ENCRYPTION_KEY is not the encryption key that the secrets in this database are sealed with/)
    const again = posthorn(key)
    await again.start()
    await again.stop()
  })

  test('is refused also where it is older than the check: by the secret of an endpoint', async () => {
    const first = posthorn(key)
    await first.start()
    const post = (path: string, body: object) => first.fetch(new Request(`http://posthorn/v1/organizations${path}`, { method: 'POST', headers: { authorization: `Bearer ${apiKey}` }, body: JSON.stringify(body) }))
    await post('', { id: 'acme', name: 'Acme' })
    expect((await post('/acme/endpoints', { url: 'https://receiver.example/hook' })).status).toBe(201)
    await first.stop()
    const database = new SqliteDatabase(file(), { clock: Date.now })
    await database.run(sql`delete from installation where name = ${keyCheckFact}`)
    database.close()

    await expect(posthorn(otherKey).start()).rejects.toThrow('not the encryption key')
    const again = posthorn(key)
    await again.start()
    await again.stop()
  })

  test('ends `posthorn serve` with 1, and a word on what to do', async () => {
    const first = posthorn(key)
    await first.start()
    await first.stop()
    const server = new PosthornProcess(['serve', '--host', '127.0.0.1'], { folder, env: { DATABASE_URL: `sqlite:${file()}`, POSTHORN_ENCRYPTION_KEY: otherKey, POSTHORN_API_KEY: apiKey } })
    expect((await server.ended).code).toBe(1)
    expect(server.errors).toContain('Start with the key that it was used with before')
  })
})
