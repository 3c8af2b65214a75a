import { z } from '@hono/zod-openapi'
import { Problem, type FieldError } from '../problems/problem.js'
import type { Access } from '../access/gate.js'
import { claimOf, idempotencyKey } from './idempotency-key.js'
import { incomingOf, readJson } from './bodies/request-body.js'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Claim } from '../idempotency/once.js'
import type { Scope } from '../keys/scopes.js'
import type { OrganizationSummary } from '../organizations/read-organizations.js'
import type { ApiSurroundings } from './surroundings.js'

/** One method of one path: what it demands, what it takes, and what it does. */
export interface Definition<Path extends string, Query extends z.ZodType, Body extends z.ZodType> {
  method: 'get' | 'post' | 'patch' | 'delete'
  /** As in OpenAPI: `/v1/organizations/{org}/endpoints/{endpoint}`. */
  path: Path
  /** One sentence, for the reference. */
  summary: string
  tag: string
  /** Where the path has `{org}`, the key must reach that organization; elsewhere it must be the server's admin key. */
  scope: Scope
  query?: Query
  body?: Body
  /** The body may be left out: it then counts as `{}`. */
  isBodyOptional?: boolean
  answers: { readonly [status: number]: z.ZodType | null }
  handle(request: ApiRequest<Path, z.output<Query>, z.output<Body>>, surroundings: ApiSurroundings): Promise<Answer>
}

/** A request that has been let in, with all its parts checked. */
export interface ApiRequest<Path extends string, Query, Body> {
  access: Access
  organization: Path extends `${string}{org}${string}` ? OrganizationSummary : undefined
  params: Record<ParamNames<Path>, string>
  query: Query
  body: Body
  /** For a command wrapped in `once`: the Idempotency-Key of a POST, within its organization. */
  claim: Claim | undefined
}

/** `body` is rendered as JSON; `text` is JSON already. */
export interface Answer { status: number; body?: unknown; text?: string }

export interface Operation { mount(app: OpenAPIHono, surroundings: ApiSurroundings): void }

type ParamNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | ParamNames<Rest> : never

const noFields = z.strictObject({})

/** Makes an operation out of its definition; see app.ts for how a file of them is written. */
export function operation<const Path extends string, Query extends z.ZodType = typeof noFields, Body extends z.ZodType = typeof noFields>(definition: Definition<Path, Query, Body>): Operation {
  const { method, path, scope } = definition
  const query = definition.query ?? noFields
  const inOrganization = path.includes('{org}')

  return {
    mount(app, surroundings) {
      describe(app, definition)
      app.on(method.toUpperCase(), path.replace(/\{(\w+)\}/g, ':$1'), async (c) => {
        const { gate } = surroundings
        const access = await gate.admit(c.req.raw)
        const params = c.req.param() as Record<ParamNames<Path> & string, string>
        const organization = inOrganization ? await gate.organization(access, (params as Record<string, string>)['org'] as string, scope) : demandAdmin(access)
        const checkedQuery = check(query, c.req.query())

        const hasBody = definition.body !== undefined
        const { text, value } = hasBody ? await readJson(c.req.raw, { isOptional: definition.isBodyOptional ?? false, incoming: incomingOf(c) }) : { text: '', value: {} }
        const body = check(definition.body ?? noFields, value)
        const key = method === 'post' ? idempotencyKey(c.req.header('idempotency-key')) : undefined

        const answer = await definition.handle({
          access, organization: organization as never, params, query: checkedQuery as z.output<Query>, body: body as z.output<Body>,
          claim: claimOf(key, organization?.publicId ?? '', c.req.path, text),
        }, surroundings)
        return render(answer)
      })
    },
  }
}

/** Reads a value by its schema. Every mistake is told at once, unknown fields by their names. */
export function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value, { reportInput: true })
  if (result.success) return result.data
  const errors = result.error.issues.flatMap((issue) => fieldErrors(issue)).slice(0, 100)
  const unknown = errors.filter((error) => error.code === 'unknown_field')
  if (unknown.length > 0) throw new Problem('unknown_field', `There is no field ${unknown.map((error) => JSON.stringify(error.path)).join(', ').slice(0, 1_000)}.`, { errors })
  const [first] = errors as [FieldError]
  throw new Problem('invalid_request', first.path === '' ? `The request ${first.message}.` : `"${first.path}" ${first.message}.`, { errors })
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map((step) => String(step).slice(0, 80))
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, 20).map((key) => ({ path: [...path, key.slice(0, 80)].join('.'), code: 'unknown_field', message: 'is not a field of this request' }))
  }
  const isMissing = issue.code === 'invalid_type' && issue.input === undefined
  return [{ path: path.join('.'), code: isMissing ? 'required' : issue.code, message: isMissing ? 'is missing' : `is wrong: ${issue.message.slice(0, 300)}` }]
}

function demandAdmin(access: Access): undefined {
  if (access.kind === 'admin') return undefined
  // An organization's key is nobody outside its organization, whatever its scopes.
  throw new Problem('missing_scope', "Only the server's own admin key may do this.")
}

function render({ status, body, text }: Answer): Response {
  if (text === undefined && body === undefined) return new Response(null, { status })
  return new Response(text ?? JSON.stringify(body), { status, headers: jsonHeaders })
}

const jsonHeaders = { 'content-type': 'application/json' }

/** Writes an operation into the OpenAPI document; every operation may also answer with a problem. */
export function describe(app: OpenAPIHono, { method, path, summary, tag, scope, query, body, isBodyOptional, answers }: Omit<Definition<string, z.ZodType, z.ZodType>, 'handle'>): void {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)
  app.openAPIRegistry.registerPath({
    method, path, summary, tags: [tag], description: `Needs the scope \`${scope}\`.`, security: [{ key: [] }],
    request: {
      ...(names.length > 0 && { params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) }),
      ...(query !== undefined && { query: query as z.ZodObject }),
      ...(body !== undefined && { body: { required: !isBodyOptional, content: { 'application/json': { schema: body } } } }),
    },
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, schema]) => [status, schema === null ? { description: 'Done.' } : { description: 'The answer.', content: { 'application/json': { schema } } }])),
      default: { description: 'A problem (RFC 9457).', content: { 'application/problem+json': { schema: problemSchema } } },
    },
  })
}

const problemSchema = z.object({
  type: z.string(), title: z.string(), status: z.number().int(), code: z.string(), detail: z.string(), fix: z.string(),
  errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })).optional(),
}).openapi('Problem')
