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

/** What can go wrong beside the signature. */
export type HandlerProblem =
  | 'method_not_allowed'
  | 'body_too_large'
  | 'body_already_read'
  | 'malformed_payload'
  | 'in_progress'
  | 'callback_failed'
  | 'receiver_failed'
  | 'ambiguous_sender'

export const responseOf = ({ status, headers, body }: Answer): Response => new Response(body, { status, headers })
