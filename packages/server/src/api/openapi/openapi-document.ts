import { exampleOf } from './openapi-examples.js'
import { codesOf } from './openapi-errors.js'
import { operationIdOf, pascal } from './openapi-names.js'
import { problemCodes, type ProblemCode } from '../../problems/problem.js'
import type { MediaType, OpenApiDocument, OperationObject, Parameter, ResponseObject, Schema } from './openapi-types.js'

/**
 * Completes the document that the validating schemas give: each operation gets its id, the codes it may refuse with, and
 * examples; each schema a name.
 */
export function complete(document: OpenApiDocument): OpenApiDocument {
  sayNull(document)
  const { schemas } = document.components
  const refusals = document.components.responses ??= {}
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      operation.operationId = operationIdOf(method, path)
      nameSchemas(operation, operation.operationId, schemas)
      if (method === 'post') (operation.parameters ??= []).push({ $ref: '#/components/parameters/IdempotencyKey' } as Parameter)
      tellProblems(operation, method, path, refusals)
    }
  }
  document.components.parameters = { IdempotencyKey: idempotencyKey }
  schemas['ProblemCode'] = { type: 'string', enum: Object.keys(problemCodes), description: 'What went wrong, in a word that does not change.' }
  const { code } = schemas['Problem']?.properties ?? {}
  if (code !== undefined) Object.assign(code, { type: undefined, $ref: '#/components/schemas/ProblemCode' })

  for (const [name, schema] of Object.entries(schemas)) schema.examples = [exampleOf({ $ref: refTo(name) }, schemas)]
  for (const operation of operationsOf(document)) giveExamples(operation, schemas)
  document.tags = [...new Set(operationsOf(document).flatMap(({ tags }) => tags))].map((name) => ({ name }))
  return JSON.parse(JSON.stringify(document)) as OpenApiDocument
}

export function operationsOf({ paths }: OpenApiDocument): OperationObject[] {
  return Object.values(paths).flatMap((methods) => Object.values(methods))
}

const idempotencyKey: Parameter = {
  name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', pattern: '^[ -~]{1,255}$' },
  description: 'The same key with the same body gets the first answer again, for 30 days; with another body it is refused.', example: 'order-1042-created',
}

function refTo(name: string): string {
  return `#/components/schemas/${name}`
}

/** Bodies and answers that are spelled out become components: a list of endpoints is an `EndpointPage`. */
function nameSchemas({ requestBody, responses }: OperationObject, operationId: string, schemas: Record<string, Schema>): void {
  const name = pascal(operationId)
  for (const media of Object.values(requestBody?.content ?? {})) {
    allowNull(media.schema)
    moveOut(media, `${name}Request`, schemas)
  }
  for (const [status, response] of Object.entries(responses)) {
    if (status.startsWith('2')) for (const media of Object.values(response.content ?? {})) moveOut(media, pageName(media.schema) ?? `${name}Answer${isDryRun(media.schema) ? 'DryRun' : ''}`, schemas)
  }
}

/** Null sets a field back to its default. The generator says so of all fields but those that have a schema with a name. */
function allowNull({ properties = {}, required = [] }: Schema = {}): void {
  for (const [field, schema] of Object.entries(properties)) {
    if (schema.$ref !== undefined && !required.includes(field)) properties[field] = { anyOf: [schema, { type: 'null' }] }
  }
}

/** The generator says "a Catalog, and an object or null" of what is a Catalog or null. */
function sayNull(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  const schema = value as Schema
  const [named, alternatives] = schema.allOf ?? []
  if (schema.allOf?.length === 2 && named?.$ref !== undefined && Array.isArray(alternatives?.type) && alternatives.type.includes('null') && alternatives.properties === undefined) {
    delete schema.allOf
    schema.anyOf = [named, { type: 'null' }]
  }
  for (const part of Object.values(value)) sayNull(part)
}

function moveOut(media: MediaType, name: string, schemas: Record<string, Schema>): void {
  if (media.schema === undefined || media.schema.$ref !== undefined) return
  schemas[name] ??= media.schema
  media.schema = { $ref: refTo(name) }
}

function pageName(schema: Schema | undefined): string | undefined {
  const item = schema?.properties?.['next'] === undefined ? undefined : schema.properties['data']?.items?.$ref
  return item === undefined ? undefined : `${item.slice(item.lastIndexOf('/') + 1)}Page`
}

function isDryRun(schema: Schema | undefined): boolean {
  return schema?.properties?.['dryRun'] !== undefined
}

/** In place of one answer for all that may go wrong: one for each status, with the codes that it may have here. */
function tellProblems(operation: OperationObject, method: string, path: string, refusals: Record<string, ResponseObject>): void {
  delete operation.responses['default']
  const codes = codesOf({ method, path, operationId: operation.operationId as string, hasBody: operation.requestBody !== undefined, hasQuery: operation.parameters?.some((parameter) => parameter.in === 'query') ?? false })
  for (const [status, group] of groupByStatus(codes)) {
    const name = group.length > 3 ? `Refused${status}${pascal(operation.operationId as string)}` : group.map((code) => pascal(code.replaceAll('_', '-'))).join('Or')
    refusals[name] ??= {
      description: group.map((code) => `\`${code}\`: ${problemCodes[code].title}.`).join(' '),
      ...(status === 503 && { headers: { 'Retry-After': { description: 'After how many seconds to try again.', schema: { type: 'integer' } } } }),
      content: { 'application/problem+json': {
        schema: { allOf: [{ $ref: refTo('Problem') }, { type: 'object', properties: { code: { type: 'string', enum: group } }, required: ['code'] }] },
        example: problemExample(group[0] as ProblemCode),
      } },
    }
    operation.responses[status] = { $ref: `#/components/responses/${name}` }
  }
}

function groupByStatus(codes: readonly ProblemCode[]): Map<number, ProblemCode[]> {
  const groups = new Map<number, ProblemCode[]>()
  for (const code of codes) groups.set(problemCodes[code].status, [...groups.get(problemCodes[code].status) ?? [], code])
  return groups
}

function problemExample(code: ProblemCode): object {
  const { status, title, fix } = problemCodes[code]
  return { type: `https://posthorn.dev/errors#${code}`, title, status, code, detail: `${title}.`, fix }
}

function giveExamples({ parameters, requestBody, responses }: OperationObject, schemas: Record<string, Schema>): void {
  for (const parameter of parameters ?? []) if (parameter.$ref === undefined) parameter.example ??= exampleOf(parameter.schema, schemas, parameter.name)
  for (const media of Object.values(requestBody?.content ?? {})) media.example ??= exampleOf(media.schema as Schema, schemas)
  for (const response of Object.values(responses)) {
    for (const media of Object.values(response.content ?? {})) media.example ??= exampleOf(media.schema as Schema, schemas)
  }
}
