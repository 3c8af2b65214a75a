import { afterEach, describe, expect, test } from 'vitest'
import { startDnsServer, type DnsAnswer, type DnsServer } from './dns-server.test.support.js'
import { dnsServersResolver, parseDnsServers, systemResolver } from './resolver.js'

let dns: DnsServer | undefined
afterEach(async () => {
  await dns?.close()
  dns = undefined
})

async function resolverWith(answers: Record<string, DnsAnswer>) {
  dns = await startDnsServer((name, type) => answers[`${name} ${type}`] ?? [])
  return dnsServersResolver([dns.server], 100)
}

describe('asking given DNS servers', () => {
  test('gives the addresses of both families', async () => {
    const resolve = await resolverWith({ 'hooks.example A': ['192.0.2.1', '192.0.2.2'], 'hooks.example AAAA': ['2001:db8::1'] })
    expect(await resolve('hooks.example')).toEqual(['192.0.2.1', '192.0.2.2', '2001:db8::1'])
  })

  test.each<[string, DnsAnswer, DnsAnswer]>([
    ['has none', ['192.0.2.1'], []],
    ['is said not to exist', ['192.0.2.1'], 'no such name'],
    ['fails', ['192.0.2.1'], 'failure'],
    ['is never answered', ['192.0.2.1'], 'silence'],
  ])('gives those of one family where the other %s', async (_name, a, aaaa) => {
    const resolve = await resolverWith({ 'hooks.example A': a, 'hooks.example AAAA': aaaa })
    expect(await resolve('hooks.example')).toEqual(['192.0.2.1'])
  })

  test.each<[string, DnsAnswer, RegExp]>([
    ['has no address', [], /has no address in DNS \(ENODATA\)/],
    ['does not exist', 'no such name', /has no address in DNS \(ENOTFOUND\)/],
    ['cannot be looked up', 'failure', /could not be looked up in DNS \(ESERVFAIL\)/],
    ['is never answered', 'silence', /No DNS server answered for the name hooks\.example in time \(ETIMEOUT\)/],
  ])('says so when the name %s', async (_name, answer, message) => {
    const resolve = await resolverWith({ 'hooks.example A': answer, 'hooks.example AAAA': answer })
    await expect(resolve('hooks.example')).rejects.toMatchObject({ errorClass: 'dns', code: 'dns', message: expect.stringMatching(message) })
  })

  test('gives up on silent servers within five seconds', async () => {
    dns = await startDnsServer(() => 'silence')
    const resolve = dnsServersResolver([dns.server])
    const startedAt = performance.now()
    await resolve('hooks.example').catch(() => {})
    expect(performance.now() - startedAt).toBeLessThan(4_500)
  })

  test('is done once for all who ask at the same time, and again for who asks later', async () => {
    const resolve = await resolverWith({ 'hooks.example A': ['192.0.2.1'] })
    expect(await Promise.all([resolve('hooks.example'), resolve('hooks.example'), resolve('hooks.example')])).toEqual([['192.0.2.1'], ['192.0.2.1'], ['192.0.2.1']])
    expect(dns?.questions.toSorted()).toEqual(['hooks.example A', 'hooks.example AAAA'])
    await resolve('hooks.example')
    expect(dns?.questions).toHaveLength(4)
  })

  test('a failure is not remembered', async () => {
    let answer: DnsAnswer = 'failure'
    dns = await startDnsServer((_name, type) => type === 'A' ? answer : [])
    const resolve = dnsServersResolver([dns.server])
    await expect(resolve('hooks.example')).rejects.toThrow('ESERVFAIL')
    answer = ['192.0.2.1']
    expect(await resolve('hooks.example')).toEqual(['192.0.2.1'])
  })

  test('is not done for addresses and for this machine', async () => {
    const resolve = await resolverWith({ 'localhost A': ['192.0.2.1'] })
    expect(await resolve('192.0.2.7')).toEqual(['192.0.2.7'])
    expect(await resolve('2001:db8::7')).toEqual(['2001:db8::7'])
    expect(await resolve('localhost')).toEqual(['127.0.0.1', '::1'])
    expect(await resolve('app.localhost')).toEqual(['127.0.0.1', '::1'])
    expect(dns?.questions).toEqual([])
  })
})

describe('asking the system', () => {
  test('gives this machine for localhost', async () => expect(await systemResolver()('localhost')).toEqual(['127.0.0.1', '::1']))
  test('says so when a name cannot exist', async () => {
    await expect(systemResolver()('posthorn.invalid')).rejects.toMatchObject({ errorClass: 'dns', message: expect.stringContaining('posthorn.invalid') })
  })
})

describe('a list of DNS servers', () => {
  test.each([
    ['', []],
    ['127.0.0.1:5353', ['127.0.0.1:5353']],
    ['9.9.9.9, 127.0.0.1:5353 [::1]:53 ::1', ['9.9.9.9', '127.0.0.1:5353', '[::1]:53', '::1']],
  ])('%j is read', (text, servers) => expect(parseDnsServers(text)).toEqual({ ok: true, servers }))

  test('is taken by the resolver as it is read', () => {
    const check = parseDnsServers('9.9.9.9, 127.0.0.1:5353 [::1]:53 ::1')
    expect(check.ok && dnsServersResolver(check.servers)).toBeTypeOf('function')
  })

  test.each(['dns.example', 'dns.example:53', '127.0.0.1:', '127.0.0.1:0', '127.0.0.1:65536', '127.0.0.1:53:53', '[::1]', '[127.0.0.1]:53', '::1:x', 'udp://127.0.0.1', '1.1.1', '127.0.0.1;9.9.9.9'])('%j is refused', (text) => {
    expect(parseDnsServers(text)).toMatchObject({ ok: false, message: expect.stringContaining('not a DNS server') })
  })
  test('all mistakes are told at once', () => expect(parseDnsServers('a, 9.9.9.9, b')).toMatchObject({ ok: false, message: '"a", "b" are not DNS servers.' }))
})
