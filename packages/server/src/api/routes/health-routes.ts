import { daysAheadAtLeast } from '../../partitions/make-partitions.js'
import { Problem } from '../../problems/problem.js'
import { problemResponse } from '../problem-response.js'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Role } from '../../config/roles.js'
import type { Store } from '../../operations/store.js'
import type { Surroundings } from '../surroundings.js'

export interface HealthSurroundings {
  store: Store
  /** What this process does. */
  roles: readonly Role[]
  metrics: Surroundings['metrics']
}

/** These paths alone, for a process that leaves the API to others. */
export function createHealth(given: HealthSurroundings): OpenAPIHono {
  const app = new OpenAPIHono()
  mountHealth(app, given)
  app.notFound((c) => problemResponse(new Problem('not_found', `There is nothing at ${c.req.path.slice(0, 200)}: this process does not have the role "api".`, { fix: 'Ask a process that has it; see POSTHORN_ROLES.' })))
  return app
}

/** `/healthz`: the process lives. `/readyz`: its database answers. `/metrics`: for Prometheus. None asks for a key. */
export function mountHealth(app: OpenAPIHono, { store, roles, metrics }: HealthSurroundings): void {
  app.get('/healthz', () => json({ status: 'ok', roles }))

  app.get('/readyz', async () => {
    try {
      // Publishing goes on without them, so this takes no node out of service; but somebody should look.
      const days = await store.query('partitionDaysAhead', {})
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
