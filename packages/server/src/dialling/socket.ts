import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls'
import { DialError, systemCode } from './dial-error.js'
import type { TlsSessions } from './tls-sessions.js'

/**
 * Connects to one address, which has been judged before, and over TLS proves that whoever answers there is `host`.
 * Fails with a DialError, and leaves no socket behind.
 */
export function openSocket({ host, address, port, tls, connectMs, totalMs }: SocketOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    const socket = tls ? startTls(host, address, port, tls) : connectTcp({ host: address, port })
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 60_000)

    let stage: 'connect' | 'tls' | 'open' = 'connect'
    let timer = setTimeout(() => fail(new DialError('timeout', `${host} did not answer the connection in time.`)), connectMs)
    const fail = (error: DialError) => {
      clearTimeout(timer)
      if (stage === 'tls') tls?.sessions.delete(`${host}:${port}`)
      socket.destroy()
      reject(error)
    }
    const succeed = () => {
      clearTimeout(timer)
      stage = 'open'
      resolve(socket)
    }

    socket.on('connect', () => {
      if (!tls) return succeed()
      clearTimeout(timer)
      stage = 'tls'
      timer = setTimeout(() => fail(new DialError('timeout', `${host} did not finish the TLS handshake in time.`)), Math.max(0, totalMs - (performance.now() - startedAt)))
    })
    socket.on('secureConnect', succeed)
    // Stays for the life of the socket: an error between two owners would otherwise end the process.
    socket.on('error', (cause) => { if (stage !== 'open') fail(explain(host, stage, cause)) })
    socket.on('close', () => { if (stage !== 'open') fail(explain(host, stage)) })
  })
}

export interface SocketOptions {
  /** The name, or the address where the URL has one, that the certificate must be for. */
  host: string
  address: string
  port: number
  tls?: { secureContext: SecureContext; sessions: TlsSessions } | undefined
  /** How long the address may take to take the connection, within `totalMs`, which includes the TLS handshake. */
  connectMs: number
  totalMs: number
}

function startTls(host: string, address: string, port: number, { secureContext, sessions }: NonNullable<SocketOptions['tls']>): TLSSocket {
  const key = `${host}:${port}`
  const socket = connectTls({
    host: address,
    port,
    // An address is no server name (RFC 6066, section 3); Node then compares the certificate with `host`.
    ...(isIP(host) === 0 && { servername: host }),
    secureContext,
    session: sessions.get(key),
    ALPNProtocols: ['http/1.1'],
  })

  // TLS 1.2 tells its session before the certificate is verified, TLS 1.3 with or after the first answer.
  let isProven = false
  let latest: Buffer | undefined
  socket.on('session', (session) => {
    latest = session
    if (isProven) sessions.set(key, session)
  })
  socket.on('secureConnect', () => {
    isProven = true
    if (latest) sessions.set(key, latest)
  })
  return socket
}

function explain(host: string, stage: 'connect' | 'tls', cause?: Error): DialError {
  const code = systemCode(cause)
  if (code === 'ETIMEDOUT') return new DialError('timeout', `${host} did not answer the connection in time (${code}).`, cause)
  if (stage === 'connect') return new DialError('connect', `${host} could not be connected to (${code}).`, cause)
  return new DialError('tls', `The TLS handshake with ${host} failed: ${(cause?.message ?? 'the connection was closed').slice(0, 300)} (${code}).`, cause)
}
