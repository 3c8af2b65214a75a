import { html } from 'hono/html'
import { docsStylesheet } from './docs-stylesheet.js'
import { openApiDocument } from '../openapi/openapi.js'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { MediaType, OpenApiDocument, OperationObject, ResponseObject, Schema } from '../openapi/openapi-types.js'

type Html = HtmlEscapedString | Promise<HtmlEscapedString>

/** `/docs`: `/openapi.json` for people. Plain HTML: it needs no script, and asks nobody else for anything. */
export function mountDocs(app: OpenAPIHono, version: string): void {
  let text: Promise<string> | undefined
  app.get('/docs', async () => {
    text ??= page(openApiDocument(app, version)).then(String)
    return new Response(await text, { headers: { 'content-type': 'text/html; charset=utf-8', ...security } })
  })
  app.get('/docs/docs.css', () => new Response(docsStylesheet, { headers: { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=60', 'x-content-type-options': 'nosniff' } }))
}

const security = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

interface Listed { method: string; path: string; operation: OperationObject }

async function page(document: OpenApiDocument): Promise<Html> {
  const listed = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]): Listed => ({ method, path, operation })))
  const tags = (document.tags ?? []).map(({ name }) => ({ name, operations: listed.filter(({ operation }) => operation.tags.includes(name)) }))
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>HTTP API · Posthorn</title>
<link rel="stylesheet" href="/docs/docs.css">
</head>
<body>
<a class="skip" href="#content">To the content</a>
<nav aria-label="Operations">
<p class="brand">Posthorn <span>HTTP API</span></p>
${tags.map(({ name, operations }) => html`<h2><a href="#${anchorOf(name)}">${name}</a></h2>
<ul>${operations.map(({ operation }) => html`<li><a href="#${operation.operationId}">${operation.operationId}</a></li>`)}</ul>`)}
<h2><a href="#schemas">Schemas</a></h2>
</nav>
<main id="content">
<h1>HTTP API</h1>
<p>JSON over HTTP. Every request carries <code>Authorization: Bearer &lt;key&gt;</code>. The machine-readable form is <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>
${tags.map(({ name, operations }) => html`<section aria-labelledby="${anchorOf(name)}"><h2 id="${anchorOf(name)}">${name}</h2>
${operations.map((each) => showOperation(each, document))}</section>`)}
<section aria-labelledby="schemas"><h2 id="schemas">Schemas</h2>
${Object.entries(document.components.schemas).map(([name, schema]) => html`<article id="schema-${name}"><h3>${name}</h3>${schema.description === undefined ? '' : html`<p>${schema.description}</p>`}${showFields(schema)}</article>`)}</section>
</main>
</body>
</html>`
}

function showOperation({ method, path, operation: { operationId, summary, description, parameters = [], requestBody, responses } }: Listed, document: OpenApiDocument): Html {
  const takes = parameters.map((parameter) => document.components.parameters?.[parameter.$ref?.split('/').at(-1) ?? ''] ?? parameter)
  const answers = Object.entries(responses).map(([status, response]) => ({ status, response: resolve(response, document) }))
  return html`<article id="${operationId}">
<h3><code><b class="${method}">${method.toUpperCase()}</b> ${path}</code></h3>
<p>${summary}</p>
<p class="faint">${spans(description ?? '')}</p>
${takes.length === 0 ? '' : html`<h4>Parameters</h4><div class="wide"><table><tbody>${takes.map(({ name, in: place, required, schema, description: about }) => html`<tr><th scope="row"><code>${name}</code> <small>${place}${required ? ', required' : ''}</small></th><td>${kindOf(schema)} ${about ?? ''}</td></tr>`)}</tbody></table></div>`}
${requestBody === undefined ? '' : html`<h4>Body</h4>${showMedia(requestBody.content)}`}
${answers.filter(({ status }) => status.startsWith('2')).map(({ status, response }) => html`<h4>Answer ${status}</h4>${response.content === undefined ? html`<p class="faint">Without a body.</p>` : showMedia(response.content)}`)}
<details><summary>What may go wrong</summary><div class="wide"><table><tbody>${answers.filter(({ status }) => !status.startsWith('2')).map(({ status, response }) => html`<tr><th scope="row">${status}</th><td>${spans(response.description ?? '')}</td></tr>`)}</tbody></table></div></details>
</article>`
}

function showMedia(content: Record<string, MediaType>): Html[] {
  return Object.entries(content).map(([type, { schema, example }]) => html`<p class="faint">${type}${schema?.$ref === undefined ? '' : html` · ${kindOf(schema)}`}</p>${example === undefined ? '' : html`<pre tabindex="0"><code>${JSON.stringify(example, null, 2)}</code></pre>`}`)
}

function showFields(schema: Schema): Html {
  const parts = schema.allOf ?? schema.anyOf ?? schema.oneOf
  if (parts !== undefined) return html`${schema.allOf === undefined ? html`<p class="faint">One of:</p>` : ''}${parts.map((part) => part.$ref === undefined ? showFields(part) : html`<p>${kindOf(part)}</p>`)}`
  const fields = Object.entries(schema.properties ?? {})
  if (fields.length === 0) return html`<p>${kindOf(schema)}</p>`
  return html`<div class="wide"><table><tbody>${fields.map(([name, field]) => html`<tr><th scope="row"><code>${name}</code>${schema.required?.includes(name) ? '' : html` <small>optional</small>`}</th><td>${kindOf(field)} ${field.description ?? ''}</td></tr>`)}</tbody></table></div>`
}

/** What a value is, in a few words. */
function kindOf(schema: Schema): Html {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
    return html`<a href="#schema-${name}">${name}</a>`
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`
  if (schema.enum !== undefined) return html`${schema.enum.map((value, i) => html`${i === 0 ? '' : ' · '}<code>${value}</code>`)}`
  if (schema.items !== undefined) return html`list of ${kindOf(schema.items)}`
  const parts = schema.anyOf ?? schema.oneOf ?? schema.allOf
  if (parts !== undefined) return html`${parts.map((part, i) => html`${i === 0 ? '' : ' or '}${kindOf(part)}`)}`
  return html`<span class="faint">${[schema.type ?? 'any'].flat().join(' or ')}${schema.format === undefined ? '' : ` (${schema.format})`}</span>`
}

/** Text in which what stands between backticks is code. */
function spans(text: string): Html {
  return html`${text.split('`').map((part, i) => i % 2 === 1 ? html`<code>${part}</code>` : part)}`
}

function resolve(response: ResponseObject, document: OpenApiDocument): ResponseObject {
  if (response.$ref === undefined) return response
  return document.components.responses?.[response.$ref.slice(response.$ref.lastIndexOf('/') + 1)] ?? response
}

function anchorOf(tag: string): string {
  return `tag-${tag.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`
}
