import { complete } from './openapi-document.js'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { OpenApiDocument } from './openapi-types.js'

/** `/openapi.json`: written from the schemas that check the requests, when it is first asked for. */
export function mountOpenApi(app: OpenAPIHono, version: string): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'key', { type: 'http', scheme: 'bearer', description: 'The admin key, or a key of an organization.' })
  let text: string | undefined
  app.get('/openapi.json', () => {
    text ??= JSON.stringify(openApiDocument(app, version))
    return new Response(text, { headers: { 'content-type': 'application/json' } })
  })
}

/** The whole document. */
export function openApiDocument(app: OpenAPIHono, version: string): OpenApiDocument {
  return complete(app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Posthorn', version, description: 'Publish an event, and Posthorn signs it, sends it to every endpoint that wants it, and tries again until it has arrived.', license: { name: 'MIT' } },
    servers: [{ url: '/', description: 'This server.' }, { url: 'http://localhost:4000', description: '`posthorn dev`' }],
  }) as unknown as OpenApiDocument)
}
