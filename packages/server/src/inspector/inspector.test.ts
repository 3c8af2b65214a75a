import { sign, signingSchemes } from '@posthorn/webhooks'
import { beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../testing/manual-clock.js'
import { inspectorLimits } from './inspections.js'
import { createInspector, type Inspector } from './inspector.js'
import type { ShownRequest } from './show-request.js'
import type { Signer } from './signature-check.js'

const id = '0123456789abcdef0123456789abcdef'
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

let clock: ManualClock
let signers: Signer[]
let pauses: number[]
let inspector: Inspector
beforeEach(() => {
  clock = new ManualClock()
  signers = []
  pauses = []
  inspector = createInspector({ clock, findSigners: () => Promise.resolve(signers), pause: (ms) => { pauses.push(ms); return Promise.resolve() } })
})

describe('an inspector', () => {
  test('is made with 128 bits of chance, and where a browser asks, shown at once', async () => {
    const made = await (await send('POST', '/inspect')).json() as { id: string; url: string }
    expect(made.id).toMatch(/^[0-9a-f]{32}$/)
    expect(made.url).toBe(`http://posthorn.test/inspect/${made.id}`)
    const shown = await send('POST', '/inspect', { headers: forPeople })
    expect([shown.status, shown.headers.get('location')]).toEqual([303, expect.stringMatching(/^\/inspect\/[0-9a-f]{32}$/)])
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'GET', 'HEAD'])('records a %s', async (method) => {
    expect((await send(method, `/inspect/${id}`)).status).toBe(200)
    expect(await requests()).toMatchObject([{ number: 1, method, path: '', status: 200 }])
  })

  test('records what comes to paths below it, with the query, the headers and the body', async () => {
    await send('POST', `/inspect/${id}/orders/7?a=1`, { body: '{"n":1.0}', headers: { 'x-a': 'b' } })
    expect(await requests()).toMatchObject([{ path: '/orders/7?a=1', headers: { 'x-a': 'b' }, body: '{"n":1.0}', bodyEncoding: 'utf8', at: new Date(clock.now()).toISOString() }])
  })

  test('tells bytes that are no text in base64', async () => {
    await send('POST', `/inspect/${id}`, { body: Uint8Array.of(0xff, 0xfe, 0) })
    expect(await requests()).toMatchObject([{ body: '//4A', bodyEncoding: 'base64' }])
  })

  test('answers 404 to an id that is none', async () => {
    expect((await send('POST', '/inspect/short')).status).toBe(404)
    expect((await send('POST', `/inspect/${id}0`)).status).toBe(404)
  })

  test('keeps the last 100 requests, for 24 hours', async () => {
    for (let i = 0; i < 103; i++) await send('POST', `/inspect/${id}`)
    expect((await requests()).map(({ number }) => number)).toEqual(Array.from({ length: 100 }, (_, i) => 103 - i))
    clock.advance(inspectorLimits.keepMs - 1)
    await send('POST', `/inspect/${id}`)
    expect(await requests()).toHaveLength(100)
    clock.advance(1)
    expect((await requests()).map(({ number }) => number)).toEqual([104])
  })

  test('takes bodies up to 1 MiB; of a larger one it keeps the beginning and answers 413', async () => {
    expect((await send('POST', `/inspect/${id}`, { body: 'x'.repeat(inspectorLimits.bodyBytes) })).status).toBe(200)
    expect((await send('POST', `/inspect/${id}`, { body: 'x'.repeat(inspectorLimits.bodyBytes + 1) })).status).toBe(413)
    expect((await requests()).map(({ tooLarge, status, body }) => [tooLarge, status, body.length])).toEqual([[true, 413, 4096], [false, 200, inspectorLimits.bodyBytes]])
  })

  test('all of them together hold 64 MiB: the oldest requests go first', async () => {
    for (let i = 0; i < 70; i++) await send('POST', `/inspect/${i.toString(16).padStart(32, '0')}`, { body: 'x'.repeat(inspectorLimits.bodyBytes) })
    expect(await requests('0'.repeat(32))).toEqual([])
    expect(await requests((69).toString(16).padStart(32, '0'))).toHaveLength(1)
  })

  test('forgets what it has when it is told to, and counts on', async () => {
    await send('POST', `/inspect/${id}`)
    expect((await send('DELETE', `/inspect/${id}/requests`)).status).toBe(204)
    expect(await requests()).toEqual([])
    await send('POST', `/inspect/${id}`)
    expect((await requests())[0]?.number).toBe(2)
  })
})

describe('its answer', () => {
  test('is 200 until it is set: a status, a delay and headers, so that failing and repair can be tried', async () => {
    expect((await plan({ status: 503, delayMs: 3_000, headers: { 'retry-after': '7', 'x-reason': 'maintenance' } })).status).toBe(200)
    const failed = await send('POST', `/inspect/${id}`)
    expect([failed.status, failed.headers.get('retry-after'), failed.headers.get('x-reason'), pauses]).toEqual([503, '7', 'maintenance', [3_000]])
    await plan({ status: 200 })
    expect((await send('POST', `/inspect/${id}`)).status).toBe(200)
    expect((await requests()).map(({ status }) => status)).toEqual([200, 503])
  })

  test.each([{ status: 199 }, { status: 600 }, { delayMs: 60_001 }, { wait: 1 }, { headers: { 'set-cookie': 'a=b' } }, { headers: { 'content-security-policy': '' } }, { headers: { 'x-a': 'a\r\nb: c' } }])('is refused where it makes no sense or could harm: %j', async (wrong) => {
    const refused = await plan(wrong)
    expect([refused.status, refused.headers.get('content-type')]).toEqual([422, 'application/problem+json'])
  })

  test.each([204, 304])('of %i has no body', async (status) => {
    await plan({ status })
    expect(await (await send('POST', `/inspect/${id}`)).text()).toBe('')
  })
})

describe('the signature', () => {
  const body = '{"type":"order.created"}'
  const standard: Signer = { endpoint: 'ep_1', organization: 'acme', format: 'standard', scheme: signingSchemes.standard, secrets: [secret] }
  const signed = (by = secret) => sign(signingSchemes.standard, [by], { id: 'evt_1', timestamp: Math.floor(clock.now() / 1000), body })

  test('verifies with the secret of the endpoint that sends here', async () => {
    signers = [{ ...standard, endpoint: 'ep_0', secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] }, standard]
    await send('POST', `/inspect/${id}`, { body, headers: await signed() })
    expect((await requests())[0]?.signature).toEqual({ verified: true, reason: 'Signed with the secret of ep_1.', endpoint: 'ep_1', organization: 'acme', format: 'standard' })
  })

  test('that is wrong is refused with the reason in words', async () => {
    signers = [standard]
    await send('POST', `/inspect/${id}`, { body: `${body} `, headers: await signed() })
    await send('POST', `/inspect/${id}`, { body })
    const [unsigned, changed] = await requests()
    expect(changed?.signature).toMatchObject({ verified: false, reason: expect.stringMatching(/\w{3,} .*\./) as unknown })
    expect(unsigned?.signature?.reason).toContain('missing')
  })

  test('is judged when the request comes, not when somebody looks', async () => {
    signers = [standard]
    await send('POST', `/inspect/${id}`, { body, headers: await signed() })
    clock.advance(3_600_000)
    expect((await requests())[0]?.signature?.verified).toBe(true)
  })

  test('of nobody that we know is not judged', async () => {
    await send('POST', `/inspect/${id}`, { body, headers: await signed() })
    expect((await requests())[0]?.signature).toBeNull()
  })
})

describe('the page', () => {
  const hostile = '</pre><script>alert(1)</script><img src=x onerror="alert(2)">'

  test('shows what arrived as text, whatever it is', async () => {
    await send('POST', `/inspect/${id}/${encodeURIComponent(hostile)}`, { body: hostile, headers: { 'x-hostile': hostile } })
    await send('POST', `/inspect/${id}`, { body: JSON.stringify({ type: hostile, [hostile]: [hostile] }) })
    const { text } = await page()
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text.match(/<script/g)).toHaveLength(1)
    expect(text).not.toMatch(/<img src=x|onerror="/)
  })

  test('lets only files of our own run', async () => {
    const { response, text } = await page()
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/)
    expect(text).not.toMatch(/<style| style=|<script>| on[a-z]+=/)
    for (const [, file] of text.matchAll(/(?:src|href)="(\/inspect\/assets\/[^"]+)"/g)) expect((await send('GET', file as string)).status).toBe(200)
  })

  test('tells at a glance what arrived and whether it verifies', async () => {
    signers = [{ endpoint: 'ep_1', organization: 'acme', format: 'github', scheme: signingSchemes.github, secrets: [secret] }]
    await send('POST', `/inspect/${id}`, { body: '{"type":"order.created"}', headers: await sign(signingSchemes.github, [secret], { id: 'x', timestamp: 0, body: '{"type":"order.created"}' }) })
    const { text } = await page()
    expect(text).toContain('<span class="badge good">verified</span>')
    expect(text).toContain('<strong>order.created</strong>')
    expect(text).toContain('Format github, organization acme.')
  })

  test('of a GET is shown to browsers only; for others it is a request like any other', async () => {
    await page()
    expect(await requests()).toEqual([])
    await send('GET', `/inspect/${id}`, { headers: { accept: '*/*' } })
    expect(await requests()).toHaveLength(1)
  })

  test('what is answered to a request can do nothing in a browser', async () => {
    const answer = await send('GET', `/inspect/${id}/x`, { headers: forPeople })
    expect([answer.headers.get('content-type'), answer.headers.get('content-security-policy'), answer.headers.get('x-content-type-options')]).toEqual(['text/plain', "default-src 'none'; sandbox", 'nosniff'])
  })
})

const forPeople = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' }

function send(method: string, path: string, { body, headers = {} }: { body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> } = {}): Promise<Response> {
  return inspector.fetch(new Request(`http://posthorn.test${path}`, { method, headers, ...(body !== undefined && { body }) }))
}

async function requests(of = id): Promise<ShownRequest[]> {
  return ((await (await send('GET', `/inspect/${of}/requests`)).json()) as { data: ShownRequest[] }).data
}

function plan(answer: object): Promise<Response> {
  return send('PUT', `/inspect/${id}/answer`, { body: JSON.stringify(answer) })
}

async function page(): Promise<{ response: Response; text: string }> {
  const response = await send('GET', `/inspect/${id}`, { headers: forPeople })
  return { response, text: await response.text() }
}
