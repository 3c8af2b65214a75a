import { expect, test } from 'vitest'
import { createApp } from '../app.js'
import { operationsOf } from '../openapi/openapi-document.js'
import type { OpenApiDocument } from '../openapi/openapi-types.js'
import type { Surroundings } from '../surroundings.js'

// The page is written from the operations alone; what stands around them is never asked.
const app = createApp({ engine: {}, clock: { now: () => 0 }, settings: { version: '0' } } as Surroundings)

test('/docs shows every operation and every schema of /openapi.json, and each link leads somewhere', async () => {
  const document = await (await app.request('/openapi.json')).json() as OpenApiDocument
  const text = await (await app.request('/docs')).text()
  const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
  for (const { operationId } of operationsOf(document)) expect(ids).toContain(operationId)
  for (const name of Object.keys(document.components.schemas)) expect(ids).toContain(`schema-${name}`)
  for (const [, target] of text.matchAll(/ href="#([^"]+)"/g)) expect(ids).toContain(target)
})

test('/docs asks nobody else for anything and runs nothing', async () => {
  const answer = await app.request('/docs')
  const text = await answer.text()
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self';(?!.*unsafe)/)
  expect(text).not.toMatch(/<script|<style| style=| on\w+=|(?:src|href)="(?:https?:)?\/\//)
  for (const [, path = ''] of text.matchAll(/<link[^>]* href="([^"]+)"/g)) expect((await app.request(path)).status).toBe(200)
})

test('/docs shows text as text', async () => {
  const text = await (await app.request('/docs')).text()
  expect(text).toContain('Authorization: Bearer &lt;key&gt;')
  expect(text).toContain('&quot;order.*&quot;')
})
