import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verify } from '@posthorn/webhooks'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Posthorn } from '../index.js'
import { readOwnFormats } from '../formats/own-formats.js'
import { eventually } from '../testing/given-sink-endpoint.js'
import { Sink } from '../testing/sink.js'

const apiKey = 'an admin key of more than thirty-two characters'
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const formats = {
  'acme-shop': {
    envelope: ['{"event":', { of: 'type' }, ',"shop":', { of: 'organizationId' }, ',"payload":', { of: 'data' }, '}'],
    headers: { 'X-Acme-Event': { of: 'type' }, 'X-Acme-Version': '2' },
    signature: { header: 'X-Acme-Signature', layout: { kind: 'one', prefix: 'sha256=' } },
    retryPolicy: { schedule: ['0s', '100ms', '1h'] },
  },
}

let folder: string
let sink: Sink
let posthorn: Posthorn
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-formats-'))
  sink = await Sink.start()
})
afterEach(async () => {
  await posthorn.stop()
  await sink.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function start(own: unknown): Promise<void> {
  posthorn = new Posthorn({ database: `sqlite:${join(folder, 'posthorn.db')}`, apiKey, allowLocalEndpoints: true, formats: own })
  await posthorn.start()
}

async function call(method: string, path: string, body?: object) {
  const response = await posthorn.fetch(new Request(`http://posthorn/v1${path}`, { method, headers: { authorization: `Bearer ${apiKey}` }, body: body === undefined ? null : JSON.stringify(body) }))
  return { status: response.status, body: await response.json() as any } // oxlint-disable-line typescript/no-explicit-any
}

test('a format of the user\'s own is chosen by name, brings its retry policy along, and is what a receiver gets and verifies', async () => {
  await start(formats)
  expect((await call('GET', '/formats')).body.data.at(-1)).toMatchObject({ name: 'acme-shop', isBuiltIn: false, retryPolicy: { schedule: ['0s', '100ms', '1h'] }, headers: { 'X-Acme-Version': '2' }, signature: { header: 'X-Acme-Signature', encoding: 'hex' } })
  expect((await call('POST', '/organizations', { id: 'acme', name: 'Acme', format: 'acme-shop' })).body).toMatchObject({ format: 'acme-shop', retryPolicy: { schedule: ['0s', '100ms', '1h'] } })
  await call('POST', '/organizations/acme/endpoints', { url: sink.url(), secret })
  await call('POST', '/organizations/acme/endpoints', { url: sink.url('/standard'), secret, format: 'standard', secondSignature: { format: 'acme-shop' } })

  sink.answerWith(500, 500, 200)
  await posthorn.publish({ organizationId: 'acme', type: 'order.created', data: { n: 1 }, id: 'order-1' })
  const received = await sink.until(4)
  const mine = received.filter(({ path }) => path === '/hook')
  expect(mine).toHaveLength(2)
  for (const { body, headers } of mine) {
    expect(body).toBe('{"event":"order.created","shop":"acme","payload":{"n":1}}')
    expect(headers).toMatchObject({ 'x-acme-event': 'order.created', 'x-acme-version': '2', 'webhook-id': 'order-1', 'x-acme-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` })
  }
  for (const { body, headers } of received.filter(({ path }) => path === '/standard')) {
    expect(headers['x-acme-signature']).toBe(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
  }
  const read = readOwnFormats(formats)
  const scheme = read.ok ? read.formats[0]?.definition.signature : undefined
  const [{ body, headers }] = mine as [(typeof mine)[0]]
  expect(await verify({ method: 'POST', url: '/hook', headers: headers as Record<string, string>, body: new TextEncoder().encode(body) }, { scheme: scheme as NonNullable<typeof scheme>, secrets: [secret] })).toMatchObject({ ok: true })
})

test('what was made with an older version, or with a format that is gone, is still sent as it was', async () => {
  await start(formats)
  await call('POST', '/organizations', { id: 'acme', name: 'Acme', format: 'acme-shop', retryPolicy: { schedule: ['0s', '1s', '1s', '1s', '1s'] } })
  const endpoint = (await call('POST', '/organizations/acme/endpoints', { url: sink.url(), secret })).body.id
  sink.answerWith(500)
  await posthorn.publish({ organizationId: 'acme', type: 'order.created', data: 1 })
  const [first] = await sink.until(1)
  await posthorn.stop()

  await start({ 'acme-shop': { ...formats['acme-shop'], envelope: ['{"changed":', { of: 'data' }, '}'] } })
  sink.answerWith(200)
  await eventually(async () => expect((await call('GET', '/organizations/acme/deliveries')).body.data).toMatchObject([{ state: 'succeeded' }]), 10_000)
  expect(sink.received.at(-1)?.body).toBe(first?.body)
  await posthorn.publish({ organizationId: 'acme', type: 'order.created', data: 2 })
  await eventually(async () => expect(sink.received.at(-1)?.body).toBe('{"changed":2}'))
  await posthorn.stop()

  await start(undefined)
  await posthorn.publish({ organizationId: 'acme', type: 'order.created', data: 3 })
  await eventually(async () => expect(sink.received.at(-1)?.body).toBe('{"changed":3}'))
  expect((await call('GET', `/organizations/acme/endpoints/${endpoint}`)).body.format).toBe('acme-shop')
  expect(await call('POST', '/organizations', { id: 'other', name: 'Other', format: 'acme-shop' })).toMatchObject({ status: 422 })
})

test('what is wrong with a format is told before anything starts', () => {
  expect(() => { posthorn = new Posthorn({ database: `sqlite:${join(folder, 'posthorn.db')}`, formats: { 'acme-shop': { envelope: ['{'], signature: { header: 'X' } } } }) }).toThrow('formats.acme-shop: the envelope does not make JSON')
  posthorn = new Posthorn({ database: `sqlite:${join(folder, 'posthorn.db')}` })
})
