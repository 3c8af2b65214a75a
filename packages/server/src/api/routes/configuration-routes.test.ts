import { expect, test } from 'vitest'
import { createApp } from '../app.js'
import { tellSettings } from '../../config/describe-settings.js'
import { readSettings } from '../../config/read-settings.js'
import { hashApiKey } from '../../secrets/api-key.js'
import type { Surroundings } from '../surroundings.js'

const adminKey = 'an admin key of more than thirty-two characters'

test('the configuration is told with its sources, and without a secret', async () => {
  const reading = readSettings({ mode: 'serve', env: { POSTHORN_API_KEY: adminKey, POSTHORN_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'), DATABASE_URL: 'postgres://posthorn:hush@db/posthorn' }, flags: { port: '5000' }, readSecretFile: () => '' })
  if (!reading.ok) throw new Error(reading.mistakes.join('\n'))
  const { settings } = reading
  const app = createApp({ engine: { store: { query: async () => [] } }, clock: { now: () => 0 }, adminKeyHash: hashApiKey(adminKey), settings: { version: '1' }, configuration: { mode: settings.mode, settings: tellSettings(settings) } } as unknown as Surroundings)
  const ask = (key: string) => app.request('/v1/configuration', { headers: { authorization: `Bearer ${key}` } })

  const text = await (await ask(adminKey)).text()
  const told = JSON.parse(text) as { settings: { name: string; value: string | null; from: string | null }[] }
  expect(told).toMatchObject({ version: '1', mode: 'serve' })
  expect(told.settings.find(({ name }) => name === 'port')).toMatchObject({ value: '5000', from: 'flag', env: 'PORT', flag: '--port', section: 'Server' })
  expect(told.settings.find(({ name }) => name === 'encryptionKey')).toMatchObject({ value: '********', from: 'environment', isSecret: true })
  for (const secret of [adminKey, 'hush', Buffer.alloc(32, 7).toString('base64')]) expect(text).not.toContain(secret)
  expect((await ask('another key of more than thirty-two characters')).status).toBe(401)
})
