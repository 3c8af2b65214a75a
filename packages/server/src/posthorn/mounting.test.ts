import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSigner } from '@posthorn/webhooks/signer'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Posthorn } from '../index.js'
import type { AddressInfo } from 'node:net'

const apiKey = 'an admin key of more than thirty-two characters'
const stripeSecret = 'whsec_stripe_tests'
const authorization = `Bearer ${apiKey}`
const globals = [Request, Response]
const json = { 'content-type': 'application/json' }

let folder: string
let posthorn: Posthorn
const closing: (() => unknown)[] = []
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-mounted-'))
  posthorn = new Posthorn({ database: `sqlite:${folder}/posthorn.db`, apiKey, stripeWebhookSecret: stripeSecret })
  await posthorn.start()
})
afterAll(async () => {
  for (const close of closing) await close()
  await posthorn.stop()
  rmSync(folder, { recursive: true, force: true })
})

type Call = (path: string, init?: RequestInit) => Promise<Response>

/** How a reader of docs/embedding.md would mount it, beside a route of the application's own. */
const mounts: Record<string, () => Promise<Call>> = {
  async Hono() {
    const app = new Hono()
    app.all('/v1/*', (c) => posthorn.fetch(c.req.raw))
    app.all('/webhooks/*', (c) => posthorn.fetch(c.req.raw))
    app.get('/', (c) => c.text('the application'))
    return async (path, init) => app.fetch(new Request(`http://localhost${path}`, init))
  },
  async Express() {
    const app = express()
    app.all(['/v1/{*path}', '/webhooks/{*path}'], posthorn.listener)
    app.use(express.json())
    app.get('/', (_request, response) => { response.send('the application') })
    return listening(app)
  },
  async Fastify() {
    const app = fastify()
    await app.register(async (scope) => {
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', (_request, _body, done) => done(null))
      for (const path of ['/v1/*', '/webhooks/*']) {
        scope.all(path, (request, reply) => {
          reply.hijack()
          posthorn.listener(request.raw, reply.raw)
        })
      }
    })
    app.get('/', async () => 'the application')
    const base = await app.listen({ port: 0, host: '127.0.0.1' })
    closing.push(() => app.close())
    return (path, init) => fetch(base + path, init)
  },
  async 'Next route handlers'() {
    type RouteHandler = (request: Request, context: { params: Promise<{ path: string[] }> }) => Promise<Response>
    const [GET, POST]: RouteHandler[] = [posthorn.fetch, posthorn.fetch]
    return (path, init) => {
      if (path === '/') return Promise.resolve(new Response('the application'))
      return (init?.method === 'POST' ? POST : GET as RouteHandler | undefined)?.(new Request(`http://localhost${path}`, init), { params: Promise.resolve({ path: path.slice(1).split('/') }) }) as Promise<Response>
    }
  },
  'node:http': () => listening((request, response) => {
    if (request.url === '/') response.end('the application')
    else posthorn.listener(request, response)
  }),
}

describe.each(Object.entries(mounts))('mounted in %s', (name, mount) => {
  let call: Call
  beforeAll(async () => { call = await mount() })

  test('the API is there, beside what is the application\'s own', async () => {
    const id = `of-${name.toLowerCase().replace(/\W/g, '-')}`
    const made = await call('/v1/organizations', { method: 'POST', headers: { authorization, ...json }, body: JSON.stringify({ id, name }) })
    expect([made.status, await made.json()]).toMatchObject([201, { id, name }])
    expect(await (await call(`/v1/organizations/${id}?x=1`, { headers: { authorization } })).json()).toMatchObject({ code: 'unknown_field' })
    expect((await call(`/v1/organizations/${id}`)).status).toBe(401)
    expect((await call(`/v1/organizations/${id}`, { method: 'DELETE', headers: { authorization } })).status).toBe(204)
    expect(await (await call('/')).text()).toBe('the application')
  })

  test('a signed webhook is verified over the bytes that came', async () => {
    const body = `{ "id": "evt_${name.replace(/\W/g, '')}",\n  "object":"event", "type":"customer.created", "created": 1767225600, "data":{"object":{"id":"cus_1","object":"customer","name":"Zo\\u00eb é"}}}`
    const headers = { ...json, ...createSigner('stripe', [stripeSecret])({ id: '', timestamp: Math.floor(Date.now() / 1000), body }) }
    expect((await call('/webhooks/stripe', { method: 'POST', headers, body })).status).toBe(200)
    expect((await call('/webhooks/stripe', { method: 'POST', headers, body: `${body} ` })).status).toBe(400)
  })
})

test('behind a body parser it says so', async () => {
  const call = await listening(express().use(express.json()).all('/v1/{*path}', posthorn.listener))
  const answer = await call('/v1/organizations', { method: 'POST', headers: { authorization, ...json }, body: '{"name":"late"}' })
  expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'malformed_request', fix: expect.stringContaining('before any body parser') as unknown }])
  expect((await call('/v1/organizations', { headers: { authorization } })).status).toBe(200)
})

test('the globals of the process stay as they are', () => {
  expect([Request, Response]).toEqual(globals)
})

async function listening(listener: RequestListener): Promise<Call> {
  const server: Server = createServer(listener)
  closing.push(() => { server.closeAllConnections(); server.close() })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (path, init) => fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, init)
}
