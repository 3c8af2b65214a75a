import type { OpenAPIHono } from '@hono/zod-openapi'

/** `/openapi.json`: written from the schemas that check the requests, when it is first asked for. */
export function mountOpenApi(app: OpenAPIHono, version: string): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'key', { type: 'http', scheme: 'bearer', description: 'The admin key, or a key of an organization.' })
  let document: string | undefined
  app.get('/openapi.json', () => {
    document ??= JSON.stringify(app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: 'Posthorn', version, description: 'Sends and receives webhooks.', license: { name: 'MIT' } },
    }))
    return new Response(document, { headers: { 'content-type': 'application/json' } })
  })
}
