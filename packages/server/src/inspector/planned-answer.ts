import { z } from 'zod'
import { Problem } from '../problems/problem.js'

/** What an inspector answers from now on, so that failing and repair can be tried. */
export interface PlannedAnswer {
  status: number
  delayMs: number
  headers: Readonly<Record<string, string>>
}

export const defaultAnswer: PlannedAnswer = { status: 200, delayMs: 0, headers: {} }

export function parseAnswer(text: string): PlannedAnswer | Problem {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return new Problem('not_json', 'The body is not JSON.', { fix: 'Send {"status": 500} or {"status": 200, "delayMs": 3000}.' })
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), code: 'invalid', message: issue.message }))
  return new Problem('invalid_request', 'This is no answer that an inspector can give.', { errors, fix: 'Send {"status": 200 to 599, "delayMs": 0 to 60000, "headers": {…}}.' })
}

// Other headers change what a browser does with this origin, or how the answer is framed.
const headerName = z.string().max(100).regex(/^(?:retry-after|location|x-[a-z0-9-]+)$/i, 'Only retry-after, location and headers that begin with x- can be set.')
const headerValue = z.string().max(1_000).regex(/^[\x20-\x7e]*$/, 'A header is printable ASCII.')

const schema = z.strictObject({
  status: z.int().min(200).max(599).default(200),
  delayMs: z.int().min(0).max(60_000).default(0),
  headers: z.record(headerName, headerValue).default({}).refine((headers) => Object.keys(headers).length <= 20, 'At most 20 headers.'),
})
