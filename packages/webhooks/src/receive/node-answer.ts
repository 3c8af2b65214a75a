import type { Answer } from './answer.js'

/** Node's `ServerResponse`, and Express's. */
export interface NodeResponse {
  statusCode: number
  readonly headersSent: boolean
  setHeader(name: string, value: string): unknown
  end(body: string): unknown
}

export function writeAnswer(response: NodeResponse, { status, headers, body }: Answer): void {
  // Somebody else has answered, or the sender is gone.
  if (response.headersSent) return
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  // The rest of a body that is too large stays unread, so this connection cannot carry another request.
  if (status === 413) response.setHeader('connection', 'close')
  response.end(body)
}
