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

  test('goes on under it when the old one is given up for lost: new secrets, and sources that wait for theirs', async () => {
    const first = posthorn(key)
    await first.start()
    const call = (on: Posthorn, method: string, path: string, body?: object) => on.fetch(new Request(`http://posthorn/v1${path}`, { method, headers: { authorization: `Bearer ${apiKey}` }, ...(body && { body: JSON.stringify(body) }) }))
    await call(first, 'POST', '/organizations', { id: 'acme', name: 'Acme' })
    const { id, secret } = await (await call(first, 'POST', '/organizations/acme/endpoints', { url: 'https://receiver.example/hook', headers: { 'x-token': 't' } })).json() as { id: string; secret: string }
    await call(first, 'POST', '/sources', { name: 'shop', provider: 'stripe', secrets: ['whsec_of_a_test_and_no_other'] })
    await first.stop()

    const giveUp = async (encryptionKey: string, ...flags: string[]): Promise<string> => {
      const command = new PosthornProcess(['replace-lost-key', ...flags], { folder, env: { DATABASE_URL: `sqlite:${file()}`, POSTHORN_ENCRYPTION_KEY: encryptionKey } })
      return `${(await command.ended).code} ${command.output}${command.errors}`
    }
    expect(await giveUp(otherKey)).toMatch(/^1 .*say --yes/s)
    expect(await giveUp(key, '--yes')).toMatch(/^1 .*nothing is lost/s)
    expect(await giveUp(otherKey, '--yes')).toMatch(/^0 1 endpoint has a new signing secret.*1 source is paused/s)

    const after = posthorn(otherKey)
    await after.start()
    expect(await (await call(after, 'GET', `/organizations/acme/endpoints/${id}`)).json()).toMatchObject({ id, headers: {}, state: 'enabled' })
    const replaced = await (await call(after, 'GET', `/organizations/acme/endpoints/${id}/secret`)).json() as { secret: string }
    expect(replaced.secret).toMatch(/^whsec_/)
    expect(replaced.secret).not.toBe(secret)
    expect(await (await call(after, 'GET', `/sources/shop`)).json()).toMatchObject({ state: 'paused' })
    expect(await (await call(after, 'PATCH', `/sources/shop`, { secrets: ['whsec_of_another_test_no_other'], state: 'enabled' })).json()).toMatchObject({ state: 'enabled' })
    await after.stop()
    await expect(posthorn(key).start()).rejects.toThrow('not the encryption key')
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
