import { verify } from '@posthorn/webhooks'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { builtInFormats } from '../../formats/built-in-formats.js'
import { ApiServer } from '../../testing/api-server.js'
import { onEachDatabase } from '../../testing/each-database.js'
import { eventually } from '../../testing/given-sink-endpoint.js'
import { Sink } from '../../testing/sink.js'

onEachDatabase('formats over HTTP', (db) => {
  let api: ApiServer
  let sink: Sink
  beforeEach(async () => {
    sink = await Sink.start()
    api = await ApiServer.start(db)
    await api.givenOrganization('acme', { catalog: 'bare-commerce' })
  })
  afterEach(async () => {
    await api.stop()
    await sink.stop()
  })

  test('are listed with all that a receiver must know', async () => {
    const { body } = await api.call('GET', '/v1/formats')
    expect(body.data.map(({ name }: { name: string }) => name)).toEqual(Object.keys(builtInFormats))
    expect(body.data[1]).toMatchObject({
      name: 'bare-commerce', isBuiltIn: true, retryPolicy: 'bare-commerce', envelope: expect.arrayContaining(['{"type":', { of: 'data' }]),
      signature: { header: 'X-Webhook-Signature', algorithm: 'sha256', encoding: 'hex', layout: { kind: 'one' }, signed: ['body'], secret: 'utf8', idHeader: null, timestampHeader: null },
    })
    const reader = await api.givenKey('acme', 'webhooks:read')
    expect((await api.call('GET', '/v1/organizations/acme/formats', undefined, { key: reader })).body).toEqual(body)
    expect((await api.call('GET', '/v1/formats', undefined, { key: reader })).status).toBe(403)
  })

  test('a sample is what would be sent: each format\'s verifies with the sample secret', async () => {
    const { body: { secret, samples, eventType } } = await api.call('POST', '/v1/organizations/acme/samples', { eventType: 'order.created' })
    expect(eventType).toBe('order.created')
    expect(samples.map(({ format }: { format: string }) => format)).toEqual(Object.keys(builtInFormats))
    for (const { format, headers, body } of samples as { format: keyof typeof builtInFormats; headers: Record<string, string>; body: string }[]) {
      expect(JSON.parse(body)).toBeDefined()
      expect(headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'Posthorn/test', 'webhook-id': expect.stringMatching(/^evt_/) })
      expect(await verify({ method: 'POST', url: '/', headers, body: new TextEncoder().encode(body) }, { scheme: builtInFormats[format].signature, secrets: [secret] })).toMatchObject({ ok: true })
    }
  })

  test('a sample of an endpoint, or of one that is being made, has its format, headers and second signature', async () => {
    const endpoint = await api.givenEndpoint('acme', { headers: { 'x-api-token': 'hush', 'x-tenant': '7' }, secondSignature: { format: 'github' } })
    const sampled = async (body: object, key?: string) => (await api.call('POST', '/v1/organizations/acme/samples', body, key === undefined ? {} : { key })).body.samples
    const [made, ...others] = await sampled({ endpointId: endpoint })
    expect(others).toEqual([])
    expect(made).toMatchObject({ format: 'bare-commerce', headers: { 'X-Webhook-Signature': expect.any(String), 'X-Hub-Signature-256': expect.any(String), 'x-api-token': 'hush', 'x-tenant': '7' } })
    expect((await sampled({ endpointId: endpoint }, await api.givenKey('acme', 'webhooks:read')))[0].headers).toMatchObject({ 'x-api-token': '••••', 'x-tenant': '7' })
    const [planned] = await sampled({ endpointId: endpoint, format: 'standard', headers: { 'x-tenant': '8' }, secondSignature: null })
    expect(planned).toMatchObject({ format: 'standard', headers: { 'webhook-signature': expect.stringMatching(/^v1,/), 'x-tenant': '8' } })
    expect(planned.headers).not.toHaveProperty('X-Hub-Signature-256')
  })

  test.each([[{ format: 'nonsense' }, 422], [{ headers: { host: 'x' } }, 422], [{ endpointId: 'ep_0000009' }, 404], [{ eventType: 'a..b' }, 422], [{ secondSignature: { format: 'nonsense' } }, 422]])('a sample of %j is refused', async (body, status) => {
    expect((await api.call('POST', '/v1/organizations/acme/samples', body)).status).toBe(status)
  })

  test('a format that there is not is refused by name, wherever it stands', async () => {
    const refused = { status: 422, body: { code: 'invalid_request', errors: [{ path: 'format', code: 'unknown_format' }] } }
    expect(await api.call('POST', '/v1/organizations', { id: 'other', name: 'Other', format: 'nonsense' })).toMatchObject(refused)
    expect(await api.call('PATCH', '/v1/organizations/acme', { format: 'nonsense' })).toMatchObject(refused)
    expect(await api.call('POST', '/v1/organizations/acme/endpoints', { url: 'https://receiver.example/', format: 'nonsense' })).toMatchObject(refused)
    const endpoint = await api.givenEndpoint('acme')
    expect(await api.call('PATCH', `/v1/organizations/acme/endpoints/${endpoint}`, { format: 'nonsense' })).toMatchObject(refused)
    expect(await api.call('PATCH', `/v1/organizations/acme/endpoints/${endpoint}`, { secondSignature: { format: 'nonsense' } })).toMatchObject({ status: 422, body: { errors: [{ path: 'secondSignature.format', code: 'unknown_format' }] } })
  })

  test.each(['standard', 'stripe', 'bare-commerce'])('the proof of an attempt in %s: the bytes, the headers, and with which secret, to whoever may read', async (format) => {
    const endpoint = await api.givenEndpoint('acme', { url: sink.url(), format })
    await api.call('POST', '/v1/organizations/acme/events', { type: 'order.created', data: { n: 1 } })
    const [request] = await sink.until(1)
    const settled = async () => (await api.call('GET', '/v1/organizations/acme/deliveries')).body.data[0]
    await eventually(async () => expect(await settled()).toMatchObject({ state: 'succeeded' }))
    const key = await api.givenKey('acme', 'webhooks:read')
    const prove = async () => (await api.call('GET', `/v1/organizations/acme/deliveries/${(await settled()).id}/attempts/1/proof`, undefined, { key })).body

    const { header, signed } = builtInFormats[format as 'standard'].signature
    const proof = await prove()
    const sent = request?.headers[header.toLowerCase()] as string
    const time = format === 'standard' ? request?.headers['webhook-timestamp'] : /t=(\d+)/.exec(sent)?.[1]
    expect(proof).toMatchObject({ format, algorithm: 'sha256', signatures: [{ header, madeWith: 'current' }], headers: expect.arrayContaining([{ name: header, carries: 'signature', value: sent }]) })
    expect(proof.signedContent).toBe({ standard: `${request?.id}.${String(time)}.${request?.body}`, stripe: `${String(time)}.${request?.body}`, 'bare-commerce': request?.body }[format])
    expect(proof.signedParts).toHaveLength(signed.length)
    expect(proof.signedParts.map(({ value }: { value: string }) => value).join('')).toBe(proof.signedContent)
    expect(JSON.stringify(proof)).not.toContain('whsec_')

    await api.call('POST', `/v1/organizations/acme/endpoints/${endpoint}/secret/rotate`, { overlapSeconds: 3600 })
    expect((await prove()).signatures).toMatchObject([{ madeWith: 'previous' }])
    await api.call('POST', `/v1/organizations/acme/endpoints/${endpoint}/secret/rotate/finish`)
    expect((await prove()).signatures).toMatchObject([{ madeWith: null }])
  })
})
