import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mayDial, parseAllowList, type AllowList } from '../dialling/address.js'
import { checkEndpointUrl, endpointUrlProblems } from './endpoint-url.js'

const serve = { strict: true, ownUrl: 'https://hooks.posthorn.example/base', allow: [] }
const dev = { strict: false, allow: [] }
const label63 = 'a'.repeat(63)
const host253 = `${label63}.${label63}.${label63}.${'a'.repeat(61)}`

describe('an endpoint URL that is taken', () => {
  test.each([
    ['https://example.com/webhooks', 'https://example.com/webhooks'],
    ['https://example.com', 'https://example.com/'],
    ['HTTPS://EXAMPLE.com/Hook', 'https://example.com/Hook'],
    ['https://example.com:443/', 'https://example.com/'],
    ['https://example.com:8443/?a=b&c=%20', 'https://example.com:8443/?a=b&c=%20'],
    ['https://example.com:65535/', 'https://example.com:65535/'],
    ['https://example.com./x', 'https://example.com/x'],
    ['https://a_b-c.example.com/', 'https://a_b-c.example.com/'],
    ['https://münchen.example/ö', 'https://xn--mnchen-3ya.example/%C3%B6'],
    ['https://receiver.example/', 'https://receiver.example/'],
    ['https://localhost.example.com/', 'https://localhost.example.com/'],
    ['https://not.mylocal/', 'https://not.mylocal/'],
    ['https://example.com/user@host', 'https://example.com/user@host'],
    ['https://example.com//a', 'https://example.com//a'],
    ['https://8.8.8.8/', 'https://8.8.8.8/'],
    ['https://134744072/', 'https://8.8.8.8/'],
    ['https://[2606:4700:4700::1111]/', 'https://[2606:4700:4700::1111]/'],
    ['https://hooks.posthorn.example:8443/', 'https://hooks.posthorn.example:8443/'],
    ['https://other.posthorn.example/', 'https://other.posthorn.example/'],
    [`https://${host253}/`, `https://${host253}/`],
    [`https://${host253}./`, `https://${host253}/`],
    [`https://example.com/${'a'.repeat(2_048 - 20)}`, `https://example.com/${'a'.repeat(2_048 - 20)}`],
  ])('%s', (text, url) => expect(checkEndpointUrl(text, serve)).toEqual({ ok: true, url }))
})

const refusedTexts: [code: keyof typeof endpointUrlProblems, ...texts: string[]][] = [
  ['url_missing', ''],
  ['url_too_long', `https://example.com/${'a'.repeat(2_048 - 19)}`, `https://example.com/${'ö'.repeat(400)}`, 'a'.repeat(1_000_000)],
  ['url_has_control_character', 'https://example.com/\0', 'https://exa\tmple.com/', 'https://example.com/\n', '\nhttps://example.com/', 'https://example.com/\r\nHost: x', 'ht\ntps://example.com/',
    'https://example.com/\x7f', 'https://example.com/\x85', 'https://127.0.0.1\t.example.com/', '\x1bhttps://example.com/'],
  ['url_has_invisible_character', 'https://exa\u00admple.com/', 'https://local\u00adhost/', 'https://exa\u200bmple.com/', 'https://example.com/\u202e', 'https://example.com/\u2066', '\ufeffhttps://example.com/',
    'https://exa\u2060mple.com/', 'https://example.com/\u2028', 'https://exa\u180emple.com/', 'https://exa\ufe0fmple.com/', 'https://example.com/\ud800', 'https://exa\u{e0061}mple.com/'],
  ['url_has_space', ' https://example.com/', 'https://example.com/ ', 'https://example.com/a b', 'https://exa mple.com/', 'https://example.com/\u00a0', 'https://example.com/\u3000'],
  ['url_has_backslash', 'https:\\\\example.com\\', 'https://example.com\\@127.0.0.1/', 'https:/\\example.com/', 'https://example.com/a\\b', 'https://example.com/?a=\\'],
  ['url_malformed', 'example.com', '//example.com/', '/webhooks', 'example.com/webhooks', '://example.com', '1https://example.com', '?', 'https', 'http_s://example.com'],
  ['url_not_https', 'http://example.com/', 'HTTP://example.com/', 'ftp://example.com/', 'file:///etc/passwd', 'data:text/plain,hi', 'javascript:alert(1)', 'ws://example.com/', 'wss://example.com/', 'gopher://example.com/',
    'unix:/var/run/docker.sock', 'example.com:443/x', 'blob:https://example.com/', 'mailto:a@example.com'],
  ['url_slashes', 'https:example.com', 'https:/example.com', 'https:///example.com', 'https:////example.com', 'https:', 'https:?x', 'https:/'],
  ['url_has_credentials', 'https://user:password@example.com/', 'https://user@example.com/', 'https://@example.com/', 'https://:@example.com/', 'https://example.com@127.0.0.1/', 'https://a@b@example.com/', 'https://user%40x@example.com/'],
  ['url_has_fragment', 'https://example.com/#', 'https://example.com/#top', 'https://example.com#@127.0.0.1/', 'https://example.com/?a#b'],
  ['url_port_refused', 'https://example.com:0/', 'https://example.com:00/', 'https://example.com:22/', 'https://example.com:0022/', 'https://example.com:25/', 'https://example.com:6667/', 'https://example.com:10080/', 'https://example.com:65536/',
    'https://example.com:99999999999/', 'https://[2606:4700:4700::1111]:6000/', 'https://8.8.8.8:53/'],
  ['url_host_malformed', 'https://', 'https://?x', 'https://:443/', 'https://exa%6dple.com/', 'https://%31%32%37.0.0.1/', 'https://127.0.0.1%2f.example.com/', 'https://loc%C2%ADalhost/', 'https://::1/', 'https://[::1/', 'https://::1]/', 'https://[]/',
    'https://[fe80::1%25eth0]/', 'https://[fe80::1%eth0]/', 'https://[::1]x/', 'https://[127.0.0.1]/', 'https://[::ffff:0x7f.1]/', 'https://[v1.fe80::a]/', 'https://256.1.1.1/', 'https://1.2.3.4.5/', 'https://0x100000000/', 'https://08.1.1.1/',
    'https://example..com/', 'https://.example.com/', 'https://example.com../', 'https://./', 'https://../', 'https://*.example.com/', 'https://exa$mple.com/', 'https://a,b.example.com/', 'https://exam!ple.com/', 'https://example.com:x/',
    'https://example.com:-1/', 'https://example.com:80:80/', 'https://<b>.example.com/', 'https://a|b.example.com/', "https://a'b.example.com/", 'https://{host}/', 'https://example.com;127.0.0.1/'],
  ['url_host_too_long', `https://${host253}a/`, `https://${label63}a.example.com/`, `https://example.${'a.'.repeat(130)}com/`],
  ['url_host_single_label', 'https://receiver/', 'https://receiver:8443/', 'https://localhost/', 'https://LOCALHOST/', 'https://localhost./', 'https://intranet./', 'https://com/', 'https://internal/', 'https://ｌｏｃａｌｈｏｓｔ/', 'https://a-b/'],
  ['url_host_reserved', 'https://a.localhost/', 'https://a.b.localhost./', 'https://localhost.localdomain/', 'https://printer.local/', 'https://metadata.google.internal/', 'https://METADATA.GOOGLE.INTERNAL./', 'https://wiki.lan/', 'https://wiki.corp/',
    'https://home.arpa/', 'https://router.home.arpa/', 'https://1.0.0.127.in-addr.arpa/', 'https://a.test/', 'https://a.invalid/', 'https://expyuzz4wqqyqhjn.onion/', 'https://api.default.svc/', 'https://kubernetes.default.svc.cluster.local/',
    'https://cluster.local/', 'https://a.alt/', 'https://a.home/', 'https://a.mail/', 'https://a.intranet/', 'https://a.private/', 'https://a。local/', 'https://a．ｌｏｃａｌ/'],
  ['url_is_our_own', 'https://hooks.posthorn.example/', 'https://hooks.posthorn.example/webhooks/stripe', 'https://HOOKS.posthorn.example:443/v1', 'https://hooks.posthorn.example./'],
  ['url_address_refused',
    'https://127.0.0.1/', 'https://127.0.0.1./', 'https://127.1/', 'https://127.0.1/', 'https://0/', 'https://0.0.0.0/', 'https://2130706433/', 'https://0x7f000001/', 'https://0x7f.1/', 'https://0X7F.0.0.0x1/', 'https://017700000001/', 'https://0177.0.0.1/',
    'https://0177.0x0.1/', 'https://00000000177.0.0.1/', 'https://１２７.０.０.１/', 'https://127。0。0。1/', 'https://①②⑦.0.0.1/', 'https://127.255.255.255:8443/x',
    'https://10.0.0.1/', 'https://167772161/', 'https://012.0.0.1/', 'https://100.64.0.1/', 'https://169.254.169.254/latest/meta-data/', 'https://0xa9fea9fe/', 'https://2852039166/', 'https://0251.0376.0251.0376/', 'https://169.254.43518/',
    'https://168.63.129.16/', 'https://0xa83f8110/', 'https://172.16.0.1/', 'https://192.168.1/', 'https://192.0.0.192/', 'https://192.0.2.1/', 'https://198.18.0.1/', 'https://198.51.100.1/', 'https://203.0.113.1/', 'https://224.0.0.1/', 'https://255.255.255.255/', 'https://4294967295/',
    'https://[::]/', 'https://[::1]/', 'https://[0:0:0:0:0:0:0:1]/', 'https://[0000:0000:0000:0000:0000:0000:0000:0001]/', 'https://[::0.0.0.1]/', 'https://[::127.0.0.1]/', 'https://[::ffff:127.0.0.1]/', 'https://[::ffff:7f00:1]/', 'https://[::FFFF:A9FE:A9FE]/',
    'https://[::ffff:0:127.0.0.1]/', 'https://[64:ff9b::127.0.0.1]/', 'https://[64:ff9b::a9fe:a9fe]/', 'https://[64:ff9b:1::10.0.0.1]/', 'https://[2002:7f00:1::]/', 'https://[2001:0:4136:e378:8000:63bf:80ff:fffe]/',
    'https://[fd00:ec2::254]/', 'https://[FD00:0EC2:0:0:0:0:0:0254]/', 'https://[fc00::1]/', 'https://[fe80::1]/', 'https://[fec0::1]/', 'https://[ff02::1]/', 'https://[100::1]/', 'https://[2001:db8::1]/', 'https://[3fff::1]/', 'https://[5f00::1]/', 'https://[4000::1]/'],
]

describe('an endpoint URL that is refused', () => {
  test.each(refusedTexts.flatMap(([code, ...texts]) => texts.map((text) => [code, text] as const)))('%s: %j', (code, text) => {
    const check = checkEndpointUrl(text, serve)
    expect(check).toEqual({ ok: false, code, message: expect.any(String), fix: expect.any(String) })
  })

  test('every port that the Fetch standard blocks', () => {
    const blocked = Array.from({ length: 65_536 }, (_, port) => port).filter((port) => !checkEndpointUrl(`https://example.com:${port}/`, serve).ok)
    expect(blocked).toHaveLength(83)
    expect(blocked).toEqual(expect.arrayContaining([0, 1, 22, 25, 587, 2049, 6665, 6669, 10080]))
  })

  test('no message repeats what may be a secret', () => {
    expect(JSON.stringify(checkEndpointUrl('https://user:hunter2@example.com/', serve))).not.toContain('hunter2')
  })

  test('every code has a URL that shows it', () => {
    const shown = new Set<string>([...refusedTexts.map(([code]) => code), 'url_not_http'])
    expect([...shown].toSorted()).toEqual(Object.keys(endpointUrlProblems).toSorted())
  })
})

describe('an allow list', () => {
  const rules = { ...serve, allow: allowing('127.0.0.0/8, 10.0.0.0/8, fd12::/16') }

  test.each([
    ['https://127.0.0.1:8443/', true], ['https://127.1/', true], ['https://0x0a000001/', true], ['https://[fd12::1]/', true],
    ['https://192.168.0.1/', false], ['https://[::1]/', false], ['https://[::ffff:127.0.0.1]/', false], ['https://169.254.169.254/', false], ['https://[fd00:ec2::254]/', false],
    ['http://127.0.0.1/', false], ['https://localhost/', false], ['https://db.internal/', false], ['https://user@10.0.0.1/', false],
  ])('opens its ranges for addresses and nothing else: %s → %s', (text, ok) => {
    expect(checkEndpointUrl(text, rules).ok).toBe(ok)
  })
})

describe('a development server', () => {
  test.each([
    'http://localhost:3000/hook', 'http://127.0.0.1:3000/', 'http://127.1:3000/', 'http://[::1]:3000/', 'http://app.localhost/', 'https://localhost:3000/', 'http://example.com/', 'http://app.test/', 'http://receiver:3000/', 'http://8.8.8.8/',
  ])('takes %s', (text) => expect(checkEndpointUrl(text, dev).ok).toBe(true))

  test.each([
    ['url_not_http', 'ftp://localhost/'], ['url_not_http', 'file:///etc/passwd'], ['url_address_refused', 'http://10.0.0.1/'], ['url_address_refused', 'http://192.168.1.10:3000/'], ['url_address_refused', 'http://169.254.169.254/'],
    ['url_address_refused', 'http://0.0.0.0:3000/'], ['url_address_refused', 'http://[::ffff:127.0.0.1]/'], ['url_has_credentials', 'http://user@localhost/'], ['url_has_fragment', 'http://localhost/#'], ['url_slashes', 'http:localhost'],
    ['url_port_refused', 'http://localhost:22/'], ['url_has_control_character', 'http://local\thost/'], ['url_has_backslash', 'http:\\\\localhost'], ['url_host_malformed', 'http://local..host/'],
  ])('still says %s to %j', (code, text) => expect(checkEndpointUrl(text, dev)).toMatchObject({ ok: false, code }))

  test('takes a private address that the allow list names', () => {
    expect(checkEndpointUrl('http://192.168.1.10:3000/', { ...dev, allow: allowing('192.168.1.0/24') }).ok).toBe(true)
  })
})

describe('whatever the text', () => {
  const ipv4Spelling = fc.tuple(fc.ipV4(), fc.array(fc.constantFrom(8, 10, 16), { minLength: 4, maxLength: 4 }), fc.integer({ min: 1, max: 4 })).map(([ip, bases, parts]) => {
    const bytes = ip.split('.').map(Number)
    const last = bytes.slice(parts - 1).reduce((sum, byte) => sum * 256 + byte, 0)
    return { ip, text: [...bytes.slice(0, parts - 1), last].map((part, position) => ({ 8: '0', 10: '', 16: '0x' })[bases[position]!] + part.toString(bases[position])).join('.') }
  })

  test('an address is judged the same in every spelling', () => {
    fc.assert(fc.property(ipv4Spelling, ({ ip, text }) => checkEndpointUrl(`https://${text}/`, serve).ok === mayDial(ip, serve).allowed), { numRuns: 2_000 })
  })

  const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('https:', 'http:', '//', '/', '\\', '@', ':', '[', ']', '.', '%', '#', '?', '127.0.0.1', '::1', 'localhost', 'example.com', '\t', '\u00ad'))
  test('the answer is a listed code, or a https URL that parses to itself and is taken again', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.array(piece).map((pieces) => pieces.join('')), fc.array(piece).map((pieces) => `https://${pieces.join('')}`), fc.webUrl()), (text) => {
      const check = checkEndpointUrl(text, serve)
      if (!check.ok) return check.code in endpointUrlProblems
      return check.url.startsWith('https://') && new URL(check.url).href === check.url && checkEndpointUrl(check.url, serve).ok
    }), { numRuns: 5_000 })
  })
})

function allowing(text: string): AllowList {
  const list = parseAllowList(text)
  if (!list.ok) throw new Error(list.message)
  return list.allow
}
