import { daysAheadAtLeast } from '../partitions/make-partitions.js'
import { Problem } from '../problems/problem.js'
import { problemResponse } from './problem-response.js'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiSurroundings } from './surroundings.js'

/** `/healthz`: the process lives. `/readyz`: its database answers. `/metrics`: for Prometheus. None asks for a key. */
export function mountHealth(app: OpenAPIHono, { engine, metrics }: ApiSurroundings): void {
  app.get('/healthz', () => json({ status: 'ok' }))

  app.get('/readyz', async () => {
    try {
      // Publishing goes on without them, so this takes no node out of service; but somebody should look.
      const days = await engine.store.query('partitionDaysAhead', {})
      return json({ status: 'ready', ...(days < daysAheadAtLeast && { warnings: [`Partitions are made for ${days} more days only: no node keeps house, or none may create tables.`] }) })
    } catch (cause) {
      return problemResponse(new Problem('unavailable', 'The database does not answer.', { retryAfterSeconds: 5, cause }))
    }
  })

  if (metrics === undefined) return
  app.get('/metrics', async () => {
    const { contentType, text } = await metrics()
    return new Response(text, { headers: { 'content-type': contentType } })
  })
}

function json(body: object): Response {
  return new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } })
}
