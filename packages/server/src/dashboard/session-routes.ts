import { formatInstant } from '../events/instant.js'
import { Problem } from '../problems/problem.js'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Access, Gate } from '../access/gate.js'
import type { Sessions } from './sessions.js'

/** `/session`: how a browser signs in with a key, learns who it is, and signs out. */
export function mountSession(app: OpenAPIHono, { gate, sessions }: { gate: Gate; sessions: Sessions }): void {
  app.post('/session', async (c) => {
    sessions.demandOwnPage(c.req.raw)
    const key = readKey(await c.req.text())
    const access = await gate.enter(`Bearer ${key}`)
    const { cookie, endsAt } = sessions.begin(key)
    return answer(200, who(access, endsAt), cookie)
  })

  app.get('/session', async (c) => {
    const session = sessions.read(c.req.raw)
    // Nobody, or nobody any more: that is an answer, too.
    if (session === undefined || session === 'over') return answer(204, undefined)
    return answer(200, who(await gate.enter(`Bearer ${session.key}`), session.endsAt))
  })

  app.delete('/session', (c) => {
    sessions.demandOwnPage(c.req.raw)
    return answer(204, undefined, sessions.end())
  })
}

function readKey(text: string): string {
  let key: unknown
  try {
    ({ key } = JSON.parse(text) as { key?: unknown })
  } catch {
    throw new Problem('not_json', 'The body is not JSON.')
  }
  if (typeof key !== 'string' || key.trim() === '' || key.length > maxKeyLength) throw new Problem('wrong_key', 'There is no key in the request.', { fix: 'Paste the admin key that the server printed at its first start, or a key of an organization.' })
  return key.trim()
}

function who(access: Access, endsAt: number) {
  return { kind: access.kind, organization: access.kind === 'organization' ? access.organization : null, scopes: access.scopes, endsAt: formatInstant(endsAt) }
}

function answer(status: number, body: unknown, cookie?: string): Response {
  return new Response(body === undefined ? null : JSON.stringify(body), {
    status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...(cookie !== undefined && { 'set-cookie': cookie }) },
  })
}

const maxKeyLength = 1_000
