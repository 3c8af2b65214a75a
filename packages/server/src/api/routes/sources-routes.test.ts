import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { onEachDatabase } from '../../testing/each-database.js'
import { givenOrganization } from '../../testing/given.js'
import { InboundServer } from '../../testing/inbound-server.js'
import { sql } from '../../storage/sql.js'
import type { BuiltInSource } from '../../sources/built-in-sources.js'

const secret = 'whsec_a_secret_long_enough_to_have_a_hint'
const builtIn: BuiltInSource = { name: 'stripe', provider: 'stripe', secrets: [secret], options: {} }

onEachDatabase('sources over HTTP', (db) => {
  let server: InboundServer
  const start = async (settings: Parameters<typeof InboundServer.start>[1] = {}) => { server = await InboundServer.start(db, settings) }
  const create = (source: object) => server.api('POST', '/sources', source)

  beforeEach(async () => { await givenOrganization(db, 'acme') })
  afterEach(async () => {
    await server.stop()
    expect(server.faults).toEqual([])
  })

  test('a source is made, told, changed, listed and deleted; its secrets are never told', async () => {
    await start()
    const made = await create({ name: 'billing', provider: 'stripe', secrets: [secret, 'short'], organizationId: 'acme' })
    expect(made).toMatchObject({
      status: 201, body: { id: expect.stringMatching(/^src_/), name: 'billing', provider: 'stripe', url: 'https://hooks.example/webhooks/billing', organizationId: 'acme', state: 'enabled', managed: false, secretHints: ['…hint', '…'], hasVerifyToken: false, options: {} },
    })
    const path = '/sources/billing'
    expect((await server.api('GET', path)).body).toEqual(made.body)
    const changed = await server.api('PATCH', path, { state: 'paused', organizationId: null, publicUrl: 'https://other.example/in', verifyToken: 'token', toleranceSeconds: 600 })
    expect(changed).toMatchObject({ status: 200, body: { state: 'paused', organizationId: null, url: 'https://other.example/in', hasVerifyToken: true, secretHints: ['…hint', '…'], options: { publicUrl: 'https://other.example/in', toleranceSeconds: 600 } } })
    expect((await server.api('PATCH', path, { publicUrl: null, verifyToken: null })).body).toMatchObject({ url: 'https://hooks.example/webhooks/billing', hasVerifyToken: false, options: { toleranceSeconds: 600 } })
    expect((await server.api('GET', '/sources')).body.data).toHaveLength(1)
    for (const { text } of [made, changed, await server.api('GET', '/sources')]) expect(text).not.toContain(secret)

    expect((await server.api('DELETE', path)).status).toBe(204)
    expect((await server.api('GET', path)).status).toBe(404)
    expect((await server.send('/webhooks/billing', '{}')).status).toBe(404)
    expect((await create({ name: 'billing', provider: 'stripe', secrets: [secret] })).status).toBe(201)
  })

  test('secrets lie sealed in the database', async () => {
    await start()
    await create({ name: 'meta', provider: 'whatsapp', secrets: [secret], verifyToken: 'the-verify-token' })
    const row = JSON.stringify(await db.all(sql`select * from sources`))
    expect(row).not.toContain(secret)
    expect(row).not.toContain('the-verify-token')
  })

  test.each([
    [{ name: 'a/b' }, 'name'], [{ name: '~1~x' }, 'name'], [{ provider: 'nobody' }, 'provider'], [{ secrets: [] }, 'secrets'], [{ secrets: [''] }, 'secrets.0'], [{ organizationId: 'nobody' }, 'organizationId'],
    [{ publicUrl: 'ftp://x' }, 'publicUrl'], [{ provider: 'paypal', secrets: [] }, 'webhookId'], [{ provider: 'sendgrid', secrets: [] }, 'publicKey'], [{ provider: 'generic' }, 'header'],
    [{ provider: 'generic', header: 'a b' }, 'header'], [{ toleranceSeconds: 0 }, 'toleranceSeconds'], [{ answer: 'x' }, 'answer'],
  ])('%j is refused, and told where', async (given, path) => {
    await start()
    expect(await create({ name: 'a', provider: 'stripe', secrets: [secret], ...given })).toMatchObject({ status: 422, body: { code: 'invalid_request', errors: [{ path }] } })
  })

  test('what a source has not is refused by name, and a name is given once', async () => {
    await start()
    expect(await create({ name: 'a', provider: 'stripe', secret })).toMatchObject({ status: 422, body: { code: 'unknown_field' } })
    await create({ name: 'a', provider: 'stripe', secrets: [secret] })
    expect(await create({ name: 'a', provider: 'github', secrets: [secret] })).toMatchObject({ status: 409, body: { code: 'already_exists' } })
  })

  describe('a source that a setting is', () => {
    test('is listed, and nothing but the setting changes it', async () => {
      await start({ builtIn: [builtIn] })
      expect((await server.api('GET', '/sources')).body.data).toMatchObject([{ name: 'stripe', managed: true, secretHints: ['…hint'] }])
      for (const answer of [await server.api('PATCH', '/sources/stripe', { state: 'paused' }), await server.api('DELETE', '/sources/stripe')]) expect(answer).toMatchObject({ status: 409, body: { code: 'source_managed' } })
      expect(await create({ name: 'stripe', provider: 'stripe', secrets: [secret] })).toMatchObject({ status: 409, body: { code: 'already_exists' } })
    })

    test('is there as long as the setting is; one of the same name rests meanwhile', async () => {
      await start()
      await create({ name: 'stripe', provider: 'stripe', secrets: ['whsec_of_the_api'] })
      await server.stop()
      await start({ builtIn: [builtIn] })
      expect((await server.api('GET', '/sources/stripe')).body).toMatchObject({ managed: true, secretHints: ['…hint'] })
      await server.stop()
      await start({ builtIn: [{ ...builtIn, name: 'shopify', provider: 'shopify' }] })
      expect((await server.api('GET', '/sources')).body.data).toMatchObject([{ name: 'stripe', managed: false, secretHints: ['…'] }, { name: 'shopify', managed: true }])
      await server.stop()
      await start()
      expect((await server.send('/webhooks/shopify', '{}')).status).toBe(404)
      expect((await server.api('GET', '/sources')).body.data).toMatchObject([{ name: 'stripe', managed: false }])
    })
  })

  test('sources and receipts are the operator\'s: no key of an organization reaches them', async () => {
    await start()
    const { body: { key } } = await server.api('POST', '/organizations/acme/keys', { name: 'k', scopes: ['admin'] })
    for (const path of ['sources', 'receipts', 'source-links']) {
      const answer = await fetch(`${server.url}/v1/${path}`, { headers: { authorization: `Bearer ${String(key)}` } })
      expect(answer.status).toBe(403)
      expect((await fetch(`${server.url}/v1/${path}`)).status).toBe(401)
    }
  })

  test('an account is linked to one organization; what is said last holds', async () => {
    await givenOrganization(db, 'other')
    await start()
    const link = (organizationId: string) => server.api('POST', '/source-links', { provider: 'square', account: 'M1', organizationId })
    expect(await link('acme')).toMatchObject({ status: 201, body: { id: expect.stringMatching(/^lnk_/), provider: 'square', account: 'M1', organizationId: 'acme', learned: false } })
    const second = await link('other')
    expect((await server.api('GET', '/source-links')).body.data).toMatchObject([{ organizationId: 'other' }])
    expect((await server.api('GET', '/source-links?organizationId=acme')).body.data).toEqual([])
    expect(await link('nobody')).toMatchObject({ status: 404 })
    expect((await server.api('DELETE', `/source-links/${String(second.body['id'])}`)).status).toBe(204)
    expect((await server.api('DELETE', `/source-links/${String(second.body['id'])}`)).status).toBe(404)
  })

  test('receipts are filtered and paged', async () => {
    await start({ builtIn: [builtIn] })
    await create({ name: 'other', provider: 'github', secrets: [secret] })
    for (let n = 0; n < 3; n++) await server.send('/webhooks/stripe', `{"n":${n}}`)
    await server.send('/webhooks/other', '{}')
    const page = await server.api('GET', '/receipts?source=stripe&verdict=refused&limit=2')
    expect(page.body.data).toHaveLength(2)
    const rest = await server.api('GET', `/receipts?source=stripe&verdict=refused&limit=2&after=${String(page.body['next'])}`)
    expect(rest.body).toMatchObject({ data: [{ source: 'stripe', verdict: 'refused' }], next: null })
    expect((await server.api('GET', '/receipts?verdict=accepted')).body.data).toEqual([])
    for (const query of ['verdict=wrong', 'after=x', 'source=a/b', 'colour=red']) expect((await server.api('GET', `/receipts?${query}`)).status).toBe(422)
    for (const id of ['rcp_00000000009', 'nonsense']) expect((await server.api('GET', `/receipts/${id}`)).status).toBe(404)
  })
})
