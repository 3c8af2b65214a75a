import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { SchemeName } from './scheme-name.js'
import type { Verdict } from './verdict.js'
import { verify } from './verify.js'

interface Vector {
  id: string
  provider: SchemeName
  valid: boolean
  secrets: string[]
  config?: Record<string, unknown> & { certs?: Record<string, string> }
  method: string
  url: string
  headers: Record<string, string>
  body: string
  now: number
  expect: { reason: string; dedupeId?: string | null; altDedupeId?: string | null; type?: string | null; items?: unknown[] }
}

const file = new URL('../../../../shared/vectors/provider-signed.json', import.meta.url)
const isThere = existsSync(file)

describe.skipIf(!isThere)(`requests that providers really signed${isThere ? '' : ` (skipped: there is no ${file.pathname})`}`, () => {
  const vectors: Vector[] = isThere ? JSON.parse(readFileSync(file, 'utf8')) : []

  test.each(vectors.map((vector) => [vector.id, vector] as const))('%s', async (_, vector) => {
    const { certs, ...config } = vector.config ?? {}
    const verdict: Verdict = await verify(
      { method: vector.method, url: vector.url, headers: vector.headers, body: Buffer.from(vector.body) },
      { scheme: vector.provider, secrets: vector.secrets, now: vector.now, ...config, fetchCertificate: certs && ((url) => certs[url]!) },
    )

    if (!vector.valid) return expect(verdict).toMatchObject({ ok: false, code: vector.expect.reason })
    expect(verdict).toMatchObject({ ok: true })
    if (!verdict.ok) return
    expect([vector.expect.dedupeId ?? undefined, vector.expect.altDedupeId ?? undefined]).toContain(verdict.dedupeId)
    expect(verdict.type).toBe(vector.expect.type ?? undefined)
    if (vector.expect.items) expect(verdict.items).toEqual(vector.expect.items)
  })
})
