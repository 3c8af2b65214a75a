import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { onSqlite } from '../testing/each-database.js'
import { InboundServer } from '../testing/inbound-server.js'
import { ManualClock } from '../testing/manual-clock.js'
import type { SchemeName } from '@posthorn/webhooks'
import type { SourceOptions } from '../sources/source.js'

interface Signed {
  id: string
  provider: SchemeName
  valid: boolean
  secrets: string[]
  config?: SourceOptions & { verifyToken?: string; certs?: Record<string, string> }
  url: string
  headers: Record<string, string>
  body: string
  now: number
  expect: { reason: string; type?: string | null; items?: { type: string }[] }
}

const file = new URL('../../../../../shared/vectors/provider-signed.json', import.meta.url)
const isThere = existsSync(file)

describe.skipIf(!isThere)(`requests that providers really signed, at a source${isThere ? '' : ` (skipped: there is no ${file.pathname})`}`, () => {
  const all: Signed[] = isThere ? JSON.parse(readFileSync(file, 'utf8')) as Signed[] : []

  onSqlite('each gets its verdict', (db) => {
    test.each(all.map((signed) => [signed.id, signed] as const))('%s', async (_, { provider, valid, secrets, config = {}, url, headers, body, now, expect: expected }) => {
      db.clock = new ManualClock(now * 1000)
      const { certs, verifyToken, ...options } = config
      const server = await InboundServer.start(db, { builtIn: [{ name: provider, provider, secrets, verifyToken, options }], fetchCertificate: certs && ((from) => certs[from] ?? Promise.reject(new Error('not there'))) })
      const answer = await server.send(`/webhooks/${provider}${new URL(url).search}`, body, headers)
      const { body: { data: [receipt] = [] } } = await server.api('GET', '/receipts')
      if (valid) {
        expect([answer.status, receipt?.['verdict']]).toEqual([200, 'accepted'])
        expect((await server.events('operator')).filter(({ type }) => type.startsWith(`${provider}.`))).toHaveLength(expected.items?.length ?? 1)
      } else expect(receipt).toMatchObject({ verdict: 'refused', code: expected.reason })
      await server.stop()
      expect(server.faults).toEqual([])
    })
  })
})
