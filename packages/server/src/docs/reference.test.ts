import { describe, expect, test } from 'vitest'
import { createApp } from '../api/app.js'
import { endpointUrlProblems } from '../endpoints/endpoint-url.js'
import { extraHeadersProblems } from '../endpoints/extra-headers.js'
import { builtInFormats } from '../formats/built-in-formats.js'
import { Metrics } from '../observability/metrics.js'
import { problemCodes, type ProblemCode } from '../problems/problem.js'
import { namedRetryPolicies, retryPolicyProblems } from '../retry-policies/retry-policy.js'
import { readDocuments, tableAfter } from '../testing/documents.js'
import type { Surroundings } from '../api/surroundings.js'

const documents = new Map(readDocuments().map(({ name, text }) => [name, text]))
const page = (name: string): string => documents.get(name) ?? ''

describe('docs/errors.md', () => {
  const entries = new Map([...page('docs/errors.md').matchAll(/^## ([a-z_]+)\n\n(.*?)(?=^## )/gms)].map(([, code = '', text = '']) => [code, text]))

  test('has an entry for each code, and none for another', () => {
    expect([...entries.keys()].sort()).toEqual(Object.keys(problemCodes).sort())
  })

  test.each(Object.keys(problemCodes) as ProblemCode[])('tells of %s the status, what happened, and what to do, in the words of the answer', (code) => {
    const { status, title, fix } = problemCodes[code]
    const [what = '', todo = ''] = entries.get(code)?.split('\n\n') ?? []
    expect(what.startsWith(`${status} · ${title}`), `${what} should begin with ${status} · ${title}`).toBe(true)
    expect(todo.startsWith(`**Fix:** ${fix}`), `${todo} should begin with ${fix}`).toBe(true)
  })

  test.each([['an endpoint\'s URL', endpointUrlProblems], ['an extra header', extraHeadersProblems], ['a retry policy', retryPolicyProblems]])('lists every reason to refuse %s', (what, problems) => {
    expect(tableAfter(page('docs/errors.md'), `## Reasons to refuse ${what}`)).toEqual(Object.entries(problems))
  })
})

describe('docs/sending.md', () => {
  test('has every format with its signature header', () => {
    const rows = tableAfter(page('docs/sending.md'), '## Formats').map(([name, , header]) => [name, header])
    expect(rows).toEqual(Object.values(builtInFormats).map(({ name, signature }) => [name, signature.header]))
  })

  test('has every retry policy with its waits', () => {
    expect(tableAfter(page('docs/sending.md'), '## Retries')).toEqual(Object.entries(namedRetryPolicies).map(([name, waits]) => [name, waits.join(', ')]))
  })
})

test('docs/operating.md has every metric of ours', async () => {
  const told = [...(await new Metrics({ withProcess: false }).text()).matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name, help]) => [name, help])
  expect(tableAfter(page('docs/operating.md'), '## Metrics')).toEqual(told)
})

test('docs/http-api.md has every operation, with what it does and the scope that it needs', async () => {
  // The document is written from the operations alone; what stands around them is never asked.
  const app = createApp({ engine: {}, clock: { now: () => 0 }, settings: { version: '0' } } as Surroundings)
  const { paths } = await (await app.request('/openapi.json')).json() as { paths: Record<string, Record<string, { summary: string; description: string }>> }
  const operations = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, { summary, description }]) => [`${method.toUpperCase()} ${path}`, summary, /`(.+)`/.exec(description)?.[1]]))
  expect(tableAfter(page('docs/http-api.md'), '## Operations')).toEqual(operations)
})
