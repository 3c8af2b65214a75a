import dns from 'node:dns'
import { isIP } from 'node:net'
import { DialError, systemCode } from './dial-error.js'

/** All addresses of a name, at least one; fails with a DialError of class `dns`. */
export type Resolver = (name: string) => Promise<readonly string[]>

/** Asks as every program on this machine does, hosts file and all. */
export function systemResolver(): Resolver {
  return resolverOf(async (name) => (await dns.promises.lookup(name, { all: true, verbatim: true })).map(({ address }) => address))
}

/** Asks the given DNS servers, and nothing else. `servers` as `parseDnsServers` gives them. */
export function dnsServersResolver(servers: readonly string[], firstTryMs = 1_000): Resolver {
  // Two tries end well within the five seconds that a connection may take, so that a server which never answers
  // questions for AAAA still leaves time for the A it gave.
  const channel = new dns.promises.Resolver({ timeout: firstTryMs, tries: 2 })
  channel.setServers(servers)

  return resolverOf(async (name) => {
    const answers = await Promise.allSettled([channel.resolve4(name), channel.resolve6(name)])
    const addresses = answers.flatMap((answer) => answer.status === 'fulfilled' ? answer.value : [])
    if (addresses.length > 0) return addresses
    const failures = answers.flatMap((answer) => answer.status === 'rejected' ? [answer.reason] : [])
    throw failures.find((failure) => systemCode(failure) !== 'ENODATA') ?? failures[0]
  })
}

/** Reads `POSTHORN_DNS_SERVERS`: addresses with or without a port, with commas or spaces between them. */
export function parseDnsServers(text: string): DnsServersCheck {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '')
  const wrong = entries.filter((entry) => !isServer(entry))
  if (wrong.length === 0) return { ok: true, servers: entries }

  const which = wrong.map((entry) => JSON.stringify(entry.slice(0, 64))).join(', ')
  return {
    ok: false,
    message: `${which} ${wrong.length === 1 ? 'is not a DNS server' : 'are not DNS servers'}.`,
    fix: 'Write each as an address, with a port if it is not 53: "127.0.0.1:5353", "[::1]:5353", "9.9.9.9".',
  }
}

export type DnsServersCheck = { ok: true; servers: readonly string[] } | { ok: false; message: string; fix: string }

function isServer(entry: string): boolean {
  if (isIP(entry)) return true
  const [, ipv6, ipv4, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(entry) ?? []
  const portNumber = Number(port)
  return (isIP(ipv6 ?? '') === 6 || isIP(ipv4 ?? '') === 4) && portNumber >= 1 && portNumber <= 65_535
}

function resolverOf(ask: (name: string) => Promise<readonly string[]>): Resolver {
  // Many sockets to one name share a question. The system's look-ups wait for one of few threads, and a name whose
  // servers never answer must not hold them all.
  const asking = new Map<string, Promise<readonly string[]>>()

  return (name) => {
    if (isIP(name)) return Promise.resolve([name])
    // Not every resolver knows that these mean this machine (RFC 6761, section 6.3), and none may say otherwise.
    if (name === 'localhost' || name.endsWith('.localhost')) return Promise.resolve(['127.0.0.1', '::1'])

    const asked = asking.get(name)
    if (asked) return asked
    const answer = ask(name)
      .then((addresses) => addresses.length > 0 ? addresses : Promise.reject(new Error('an empty answer')))
      .catch((cause: unknown) => Promise.reject(new DialError('dns', explain(name, systemCode(cause)), cause)))
      .finally(() => asking.delete(name))
    asking.set(name, answer)
    return answer
  }
}

function explain(name: string, code: string): string {
  if (code === 'ENOTFOUND' || code === 'ENODATA') return `The name ${name} has no address in DNS (${code}).`
  if (code === 'ETIMEOUT' || code === 'ETIMEDOUT') return `No DNS server answered for the name ${name} in time (${code}).`
  return `The name ${name} could not be looked up in DNS (${code}).`
}
