import { readFileSync } from 'node:fs'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { describe, expect, test } from 'vitest'
import { operationsOf } from '../api/openapi/openapi-document.js'
import { problemCodes } from '../problems/problem.js'
import { writtenOpenApi } from './written-openapi.js'
import type { OpenApiDocument } from '../api/openapi/openapi-types.js'

const committed = readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8')
const document = JSON.parse(committed) as OpenApiDocument
const operations = operationsOf(document)

test('openapi.json is what the server tells of itself; after a change of the API, "npm run openapi" writes it and the client\'s types', async () => {
  expect(committed === await writtenOpenApi(), 'packages/server/openapi.json is stale: run "npm run openapi" and commit what it writes.').toBe(true)
})

test('it is valid OpenAPI 3.1, and every example fits its schema', async () => {
  const rules = ['struct', 'no-unresolved-refs', 'no-identical-paths', 'no-ambiguous-paths', 'no-unused-components', 'path-parameters-defined', 'operation-operationId-unique', 'operation-summary', 'operation-4xx-response', 'security-defined', 'no-enum-type-mismatch', 'no-required-schema-properties-undefined', 'no-invalid-media-type-examples', 'no-invalid-schema-examples', 'no-invalid-parameter-examples']
  const config = await createConfig({ rules: Object.fromEntries(rules.map((rule) => [rule, 'error'])) })
  const found = await lintFromString({ source: committed, absoluteRef: '/openapi.json', config })
  expect(found.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`)).toEqual([])
})

describe('every operation', () => {
  test.each(operations.map((operation) => ({ name: operation.operationId, operation })))('$name has a name to call it by, examples, and every code it may refuse with', ({ name, operation: { requestBody, responses, parameters } }) => {
    expect(name).toMatch(/^[a-z]+[A-Za-z]*$/)
    for (const media of Object.values(requestBody?.content ?? {})) expect(media).toMatchObject({ schema: { $ref: expect.any(String) as string }, example: expect.anything() as object })
    for (const { $ref, name: parameter, example } of parameters ?? []) expect($ref ?? example, parameter).toBeDefined()
    const refusals = Object.entries(responses).filter(([status]) => !status.startsWith('2')).map(([status, { $ref }]) => ({ status, refusal: document.components.responses?.[$ref?.split('/').at(-1) ?? ''] }))
    expect(refusals.map(({ status }) => status)).toEqual(expect.arrayContaining(['400', '401', '403', '500', '503']))
    for (const { status, refusal } of refusals) {
      const codes = refusal?.content?.['application/problem+json']?.schema?.allOf?.[1]?.properties?.['code']?.enum as (keyof typeof problemCodes)[]
      expect(codes.map((code) => problemCodes[code].status)).toEqual(codes.map(() => Number(status)))
    }
  })
})

test('every code of the API is one that some operation may refuse with', () => {
  const told = Object.values(document.components.responses ?? {}).flatMap((response) => response.content?.['application/problem+json']?.schema?.allOf?.[1]?.properties?.['code']?.enum ?? [])
  // These are answered where there is no operation.
  const elsewhere = ['method_not_allowed', 'source_paused']
  expect([...new Set([...told, ...elsewhere])].sort()).toEqual(Object.keys(problemCodes).sort())
})
