import { createAdaptorServer, getRequestListener } from '@hono/node-server'
import { Problem, type ProblemCode } from '../problems/problem.js'
import { problemResponse } from './problem-response.js'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Answers a request on Node's own objects, or gives false for what is not its business. */
export type NodeHandler = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean

/**
 * The HTTP server in front of the API; `first` is asked before the API for each request. What never becomes a request (headers too large, no HTTP at all, an impossible
 * URL) is answered with a problem as well.
 */
export function createHttpServer(fetch: (request: Request, env: never) => Response | Promise<Response>, first: NodeHandler = () => false): Server {
  // Longer than the usual 60 s of load balancers, which would else send into a connection that is being closed.
  const serverOptions = { requireHostHeader: false, keepAliveTimeout: 65_000 }
  const server = createAdaptorServer({ fetch: fetch as never, serverOptions }) as Server
  // The adaptor's own listener answers what it cannot read with an empty 400.
  server.removeAllListeners('request')
  const listener = getRequestListener(fetch as never, { errorHandler: unreadable })
  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    if (!first(incoming, outgoing)) void listener(incoming, outgoing)
  })
  server.on('clientError', answerClientError)
  return server
}

/** The API within an application's own HTTP server, whose globals are left as they are. It reads the body itself, to the byte, so nobody may have read it before. */
export function listenerWithin(fetch: (request: Request) => Promise<Response>): (request: IncomingMessage, response: ServerResponse) => void {
  const listener = getRequestListener((request, { incoming }) => {
    if ((incoming as IncomingMessage).readableDidRead && !('rawBody' in incoming)) return problemResponse(bodyIsGone)
    return fetch(request)
  }, { errorHandler: unreadable, overrideGlobalObjects: false })
  return (request, response) => void listener(request, response)
}

function unreadable(): Response {
  return problemResponse(new Problem('malformed_request', 'The host or the path of the request cannot be read.'))
}

const bodyIsGone = new Problem('malformed_request', 'The body of the request was read before it came to Posthorn.', { fix: 'Mount posthorn.listener before any body parser, such as express.json(). On Fastify, take the content type parsers away for its routes.' })

function answerClientError(error: NodeJS.ErrnoException, socket: Socket & { _httpMessage?: { headersSent: boolean } | null }): void {
  // An answer that has begun cannot be mended, and nobody listens on a connection that was reset.
  // oxlint-disable-next-line no-underscore-dangle -- Node's own handler looks there, and tells it nowhere else
  if (error.code === 'ECONNRESET' || !socket.writable || socket._httpMessage?.headersSent) {
    socket.destroy(error)
    return
  }
  const [code, detail] = clientErrors[error.code ?? ''] ?? ['malformed_request', 'This is not a request of HTTP/1.1.']
  const problem = new Problem(code, detail)
  const body = JSON.stringify(problem)
  socket.end(`HTTP/1.1 ${problem.status} ${reasons[problem.status] ?? ''}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`)
}

const clientErrors: Readonly<Record<string, [ProblemCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'The headers have more than 16 KiB in all.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'The request did not come in time.'],
}

const reasons: Readonly<Record<number, string>> = { 400: 'Bad Request', 408: 'Request Timeout', 431: 'Request Header Fields Too Large' }
