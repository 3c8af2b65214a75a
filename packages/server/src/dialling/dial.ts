import { isIP, isIPv6, type Socket } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { buildConnector } from 'undici'
import { mayDial, type AllowList, type DialRules } from './address.js'
import { DialError } from './dial-error.js'
import type { Resolver } from './resolver.js'
import { openSocket } from './socket.js'
import { TlsSessions } from './tls-sessions.js'

/**
 * How attempts connect: `new Agent({ connect: createDialler(…) })`. A name is looked up once, every address it has is
 * judged, and one of exactly those addresses is dialled: there is no second look-up that could answer differently
 * (DNS rebinding). An address in the URL goes the same way; Node's own `lookup` hook would never see it.
 *
 * Fails with a DialError, whose `errorClass` the attempt's log shows.
 */
export function createDialler({ allow, strict, resolver, connectTimeoutMs = longestConnectMs, secureContext }: DiallerOptions): buildConnector.connector {
  const timeoutMs = Math.min(connectTimeoutMs, longestConnectMs)
  const sessions = new TlsSessions(1_000)
  // One for all connections: each of its own would cost 30 KiB. Made late, because loading the root certificates takes a while.
  const sharedContext = () => secureContext ??= createSecureContext()

  return ({ hostname, protocol, port }, callback) => {
    const isTls = protocol === 'https:'
    dial({
      host: plainHost(hostname),
      port: Number(port) || (isTls ? 443 : 80),
      tls: isTls ? { secureContext: sharedContext(), sessions } : undefined,
      rules: { allow, strict },
      resolver,
      timeoutMs,
    }).then((socket) => callback(null, socket), (error: Error) => callback(error, null))
  }
}

export interface DiallerOptions {
  allow: AllowList
  strict: boolean
  resolver: Resolver
  /** From the look-up to the end of the TLS handshake; never more than five seconds. */
  connectTimeoutMs?: number
  /** Which certificates are trusted; left out, those that Node trusts (NODE_EXTRA_CA_CERTS included). */
  secureContext?: SecureContext
}

interface Call {
  host: string
  port: number
  tls: { secureContext: SecureContext; sessions: TlsSessions } | undefined
  rules: DialRules
  resolver: Resolver
  timeoutMs: number
}

async function dial({ host, port, tls, rules, resolver, timeoutMs }: Call): Promise<Socket> {
  const startedAt = performance.now()
  const remainingMs = () => Math.max(0, timeoutMs - (performance.now() - startedAt))

  const addresses = isIP(host) ? [host] : await within(timeoutMs, resolver(host), `No DNS server answered for the name ${host} in time.`)
  refuseUnreachable(host, addresses, rules)

  const candidates = inTurns(addresses).slice(0, mostAddresses)
  let failure: unknown
  for (const [position, address] of candidates.entries()) {
    const totalMs = remainingMs()
    try {
      // Each gets its share of the time, so that one dead address does not use up that of the others.
      return await openSocket({ host, address, port, tls, connectMs: totalMs / (candidates.length - position), totalMs })
    } catch (error) {
      failure = error
      // Who answers with a wrong certificate has answered; only a silent or closed address is worth another one.
      if (!(error instanceof DialError) || error.errorClass === 'tls' || remainingMs() < leastConnectMs) throw error
    }
  }
  throw failure
}

/** One bad address is enough: a name that points to the internet and to our own network at once means no good. */
function refuseUnreachable(host: string, addresses: readonly string[], rules: DialRules): void {
  for (const address of addresses) {
    const verdict = mayDial(address, rules)
    if (verdict.allowed) continue
    const who = isIP(host) ? `The address ${host}` : `An address of ${host}`
    throw new DialError('refused_address', `${who} cannot be reached from the whole internet: ${verdict.reason}.`)
  }
}

/** The two families by turns, beginning with the one that the resolver put first (RFC 8305, section 4): where one of them leads nowhere, every second try is good. */
function inTurns(addresses: readonly string[]): string[] {
  const isFirstFamily = (address: string) => isIPv6(address) === isIPv6(addresses[0] ?? '')
  const first = addresses.filter((address) => isFirstFamily(address))
  const second = addresses.filter((address) => !isFirstFamily(address))
  return addresses.flatMap((_, turn) => [...first.slice(turn, turn + 1), ...second.slice(turn, turn + 1)])
}

/** The host as DNS and certificates know it: no brackets around IPv6, no last dot. */
function plainHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/(?<=[^.])\.$/, '').toLowerCase()
}

async function within<Value>(ms: number, promise: Promise<Value>, orElse: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(new DialError('dns', orElse)), ms) })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

const longestConnectMs = 5_000
const leastConnectMs = 10
const mostAddresses = 4
