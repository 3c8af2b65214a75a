import { BlockList } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classifyAddress, mayDial, parseAllowList } from './address.js'
import { ipv4SpecialBlocks, ipv6SpecialBlocks, metadataAddresses } from './special-purpose-blocks.js'

describe('an address that anyone can reach', () => {
  test.each([
    '1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0', '168.63.129.15', '168.63.129.17',
    '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '191.255.255.255', '192.0.1.0', '192.0.3.0', '192.31.196.1', '192.52.193.1', '192.167.255.255',
    '192.169.0.0', '192.175.48.1', '198.17.255.255', '198.20.0.0', '198.51.99.255', '203.0.114.0', '223.255.255.255',
    '2001:200::1', '2001:4860:4860::8888', '2001:db7:ffff::', '2001:db9::', '2003::1', '2600::1', '2606:4700:4700::1111', '2620:4f:8000::1', '2a00:1450::1', '3ffd::1',
    '64:ff9b::8.8.8.8', '64:ff9b::808:808',
  ])('%s', (ip) => expect(classifyAddress(ip)).toEqual({ reachable: true }))
})

describe('an address that is refused', () => {
  test.each([
    ['0.0.0.0', 'this network'], ['0.255.255.255', 'this network'],
    ['10.0.0.0', 'private use'], ['10.255.255.255', 'private use'],
    ['100.64.0.0', 'shared by carriers'], ['100.100.100.200', 'shared by carriers'], ['100.127.255.255', 'shared by carriers'],
    ['127.0.0.1', 'loopback'], ['127.255.255.254', 'loopback'],
    ['168.63.129.16', 'Azure'],
    ['169.254.0.0', 'link-local'], ['169.254.169.254', 'metadata'], ['169.254.255.255', 'link-local'],
    ['172.16.0.0', 'private use'], ['172.31.255.255', 'private use'],
    ['192.0.0.0', 'protocol assignments'], ['192.0.0.9', 'protocol assignments'], ['192.0.0.10', 'protocol assignments'], ['192.0.0.171', 'protocol assignments'],
    ['192.0.2.1', 'documentation'], ['198.51.100.255', 'documentation'], ['203.0.113.0', 'documentation'],
    ['192.88.99.1', '6to4'], ['192.168.0.0', 'private use'], ['192.168.255.255', 'private use'],
    ['198.18.0.0', 'benchmarks'], ['198.19.255.255', 'benchmarks'],
    ['224.0.0.1', 'multicast'], ['239.255.255.255', 'multicast'], ['240.0.0.0', 'reserved'], ['255.255.255.255', 'broadcast'],

    ['::', 'unspecified'], ['::1', 'loopback'], ['0:0:0:0:0:0:0:1', 'loopback'],
    ['fc00::', 'private use'], ['fd00:ec2::254', 'metadata'], ['fdff:ffff::1', 'private use'],
    ['fe80::1', 'link-local'], ['febf:ffff::', 'link-local'], ['fec0::1', 'site-local'], ['ff02::1', 'multicast'],
    ['100::', 'discarded'], ['100:0:0:1::', 'dummy'], ['2001:2::1', 'protocol assignments'], ['2001:1::1', 'protocol assignments'], ['2001:10::', 'protocol assignments'],
    ['2001:20::', 'protocol assignments'], ['2001:1ff:ffff::', 'protocol assignments'], ['2001:db8::1', 'documentation'], ['2001:DB8::1', 'documentation'],
    ['3ffe::1', '6bone'], ['3fff::', 'documentation'], ['3fff:fff:ffff::', 'documentation'], ['5f00::1', 'segment routing'],
    ['200::1', 'never given out'], ['1::1', 'never given out'], ['4000::', 'never given out'], ['64:ff9b:2::1', 'never given out'], ['fe00::1', 'never given out'],
  ])('%s is %s', (ip, reason) => expect(classifyAddress(ip)).toEqual({ reachable: false, reason: expect.stringContaining(reason) }))
})

describe('IPv4 carried in IPv6', () => {
  test.each([
    ['mapped', '::ffff:127.0.0.1'], ['mapped', '::ffff:7f00:1'], ['mapped', '0:0:0:0:0:FFFF:7F00:0001'], ['mapped', '::ffff:8.8.8.8'],
    ['compatible', '::127.0.0.1'], ['compatible', '::7f00:1'], ['compatible', '::8.8.8.8'],
    ['SIIT', '::ffff:0:127.0.0.1'], ['SIIT', '::ffff:0:7f00:1'], ['SIIT', '::ffff:0:8.8.8.8'],
    ['NAT64', '64:ff9b::127.0.0.1'], ['NAT64', '64:ff9b::7f00:1'], ['NAT64', '64:ff9b::a9fe:a9fe'], ['NAT64', '64:ff9b::168.63.129.16'],
    ['local NAT64', '64:ff9b:1::127.0.0.1'], ['local NAT64', '64:ff9b:1:ffff::8.8.8.8'],
    ['6to4', '2002:7f00:1::'], ['6to4', '2002:a9fe:a9fe::1'], ['6to4', '2002:808:808::1'],
    ['Teredo', '2001::1'], ['Teredo', '2001:0:7f00:1::'], ['Teredo', '2001:0:4136:e378:8000:63bf:80ff:fffe'],
  ])('as %s, %s is refused', (_carrier, ip) => expect(classifyAddress(ip).reachable).toBe(false))
})

describe('what is no plain address is refused', () => {
  test.each([
    '', ' ', 'localhost', 'example.com', '127.1', '2130706433', '0x7f.0.0.1', '0x7f000001', '0177.0.0.1', '010.0.0.1', '127.0.0.1.', '127.0.0.1:80', ' 127.0.0.1', '1.2.3.4.5', '256.1.1.1',
    '8.8.8.8/32', '[::1]', '[2606:4700::1]', 'fe80::1%eth0', '2606:4700::1%1', '2606:4700::1%', '::ffff:0x7f.1', '1:2:3:4:5:6:7:8:9', '１.1.1.1',
  ])('%j', (ip) => expect(classifyAddress(ip)).toEqual({ reachable: false, reason: 'not an IP address' }))
})

describe('as a second opinion, the block list of Node agrees', () => {
  const special = new BlockList()
  for (const [cidr] of ipv4SpecialBlocks) special.addSubnet(cidr.split('/')[0]!, Number(cidr.split('/')[1]), 'ipv4')
  const special6 = new BlockList()
  for (const [cidr] of ipv6SpecialBlocks) special6.addSubnet(cidr.split('/')[0]!, Number(cidr.split('/')[1]), 'ipv6')
  const global6 = new BlockList()
  global6.addSubnet('2000::', 3, 'ipv6')

  test('on any IPv4 address', () => {
    fc.assert(fc.property(fc.ipV4(), (ip) => classifyAddress(ip).reachable === !special.check(ip, 'ipv4')), { numRuns: 2_000 })
  })
  test('on any IPv6 address', () => {
    const parts = fc.array(fc.oneof(fc.constantFrom('0', 'ffff', '64', 'ff9b', '2001', 'db8', '2002', 'fe80', '3fff'), fc.nat({ max: 0xffff }).map((part) => part.toString(16))), { minLength: 8, maxLength: 8 })
    fc.assert(fc.property(parts, (eight) => {
      const ip = eight.join(':')
      fc.pre(!/^64:ff9b:(0:){4}/.test(ip))
      return classifyAddress(ip).reachable === (global6.check(ip, 'ipv6') && !special6.check(ip, 'ipv6'))
    }), { numRuns: 2_000 })
  })
})

describe('an allow list', () => {
  test.each([
    ['', []],
    ['10.0.0.0/8', ['10.0.0.0/8']],
    ['10.0.0.0/8,192.168.1.0/24', ['10.0.0.0/8', '192.168.1.0/24']],
    [' 10.0.0.0/8 , fd12:3456::/32 \n 127.0.0.1 ', ['10.0.0.0/8', 'fd12:3456::/32', '127.0.0.1/32']],
    ['::1', ['::1/128']],
    ['0.0.0.0/0,::/0', ['0.0.0.0/0', '::/0']],
    ['10.0.0.128/25', ['10.0.0.128/25']],
  ])('%j is read', (text, cidrs) => {
    const list = parseAllowList(text)
    expect(list.ok && list.allow.map((range) => range.cidr)).toEqual(cidrs)
  })

  test.each([
    '10.0.0.0/33', '10.0.0.1/8', '10.0.0.64/25', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/8.0', '10.0.0.0/255.0.0.0', '10/8', '010.0.0.0/8', '0xa.0.0.0/8', '10.0.0.0/8/8', '::/129', 'fd00::1/8',
    'fe80::%eth0/64', 'localhost', '*', 'example.com/24', '10.0.0.0-10.0.0.9', '[::1]', '10.0.0.0/8;127.0.0.1',
  ])('%j is refused', (text) => expect(parseAllowList(text)).toMatchObject({ ok: false, message: expect.stringContaining('subnet') }))

  test('all mistakes are told at once', () => {
    expect(parseAllowList('10.0.0.1/8, 127.0.0.0/8, lan')).toMatchObject({ ok: false, message: '"10.0.0.1/8", "lan" are not subnets.' })
  })
})

describe('whether to dial an address', () => {
  const allow = (text: string) => {
    const list = parseAllowList(text)
    if (!list.ok) throw new Error(list.message)
    return list.allow
  }

  test.each([
    ['8.8.8.8', true, '', true],
    ['127.0.0.1', true, '', false],
    ['127.0.0.1', true, '127.0.0.0/8', true],
    ['128.0.0.1', true, '10.0.0.0/8', true],
    ['10.1.2.3', true, '10.0.0.0/8', true],
    ['10.1.2.3', true, '10.2.0.0/16,192.168.0.0/16', false],
    ['::1', true, '127.0.0.0/8', false],
    ['::1', true, '::1', true],
    ['::ffff:127.0.0.1', true, '127.0.0.0/8', false],
    ['64:ff9b::127.0.0.1', true, '127.0.0.0/8', false],
    ['fd12:3456::1', true, 'fd12:3456::/32', true],
    ['127.0.0.1', false, '', true],
    ['127.8.9.10', false, '', true],
    ['::1', false, '', true],
    ['::ffff:127.0.0.1', false, '', false],
    ['0.0.0.0', false, '', false],
    ['10.1.2.3', false, '', false],
    ['10.1.2.3', false, '10.0.0.0/8', true],
    ['169.254.169.254', false, '', false],
    ['localhost', false, '0.0.0.0/0', false],
  ])('%s (strict: %s, allowed: %j) → %s', (ip, strict, text, allowed) => {
    expect(mayDial(ip, { strict, allow: allow(text) }).allowed).toBe(allowed)
  })

  test.each(metadataAddresses)('a wide range never opens the metadata address %s; only its own line does', (ip) => {
    expect(mayDial(ip, { strict: true, allow: allow('0.0.0.0/0,::/0') }).allowed).toBe(false)
    expect(mayDial(ip, { strict: true, allow: allow(ip) }).allowed).toBe(true)
  })
})
