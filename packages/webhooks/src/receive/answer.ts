import type { RefusalCode } from '../verdict.js'

/** What goes back to the sender. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

export const jsonAnswer = (status: number, body: object, headers: Record<string, string> = {}): Answer =>
  ({ status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })

export const problemAnswer = (status: number, code: HandlerProblem | RefusalCode, error: string, headers: Record<string, string> = {}): Answer =>
  jsonAnswer(status, { error, code }, headers)

/** What can go wrong beside the signature. Each has its entry in the README. */
export const handlerProblems = [
  'method_not_allowed', 'body_too_large', 'body_already_read', 'malformed_payload', 'in_progress', 'callback_failed', 'receiver_failed',
] as const

export type HandlerProblem = (typeof handlerProblems)[number]

export const responseOf = ({ status, headers, body }: Answer): Response => new Response(body, { status, headers })
