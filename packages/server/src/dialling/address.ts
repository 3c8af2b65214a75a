import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { ipv4SpecialBlocks, ipv6SpecialBlocks, metadataAddresses, type SpecialBlock } from './special-purpose-blocks.js'

/**
 * Whether an address can be reached from anywhere on the internet, and so can belong to a customer. Takes the usual
 * spellings only (`127.0.0.1`, `::1`, no zone): whatever else a URL may contain, the URL parser has turned into one.
 *
 * IPv4 carried in IPv6 is refused, however public the address inside: no name resolves to it without a purpose. The one
 * exception is NAT64's own prefix, because on a network with IPv6 only that is how every IPv4 endpoint is reached;
 * there, the address inside is judged.
 */
export function classifyAddress(ip: string): AddressClass {
  const address = parseAddress(ip)
  return address === undefined ? { reachable: false, reason: 'not an IP address' } : classify(address)
}

export type AddressClass = { reachable: true } | { reachable: false; reason: string }

/** Whether an attempt may connect to an address. A development server (`strict: false`) may connect to itself as well. */
export function mayDial(ip: string, { strict, allow }: DialRules): DialVerdict {
  const address = parseAddress(ip)
  if (address === undefined) return { allowed: false, reason: 'not an IP address' }
  if (isIn(address, allow, isMetadata(address)) || (!strict && isLoopback(address))) return { allowed: true }

  const verdict = classify(address)
  return verdict.reachable ? { allowed: true } : { allowed: false, reason: verdict.reason }
}

export interface DialRules { strict: boolean; allow: AllowList }
export type DialVerdict = { allowed: true } | { allowed: false; reason: string }

/** What an operator lets through although it is not on the internet. It speaks of addresses as they are written: `10.0.0.0/8` says nothing of `::ffff:10.0.0.1`. */
export type AllowList = readonly AddressRange[]
export interface AddressRange { cidr: string; base: Address; prefixLength: number }
export type Address = ipaddr.IPv4 | ipaddr.IPv6

/** Reads `POSTHORN_ALLOW_SUBNETS`: subnets or single addresses, with commas or spaces between them. Tells every mistake at once. */
export function parseAllowList(text: string): AllowListCheck {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '')
  const ranges = entries.map((entry) => parseRange(entry))
  const wrong = entries.filter((_, position) => ranges[position] === undefined)
  if (wrong.length === 0) return { ok: true, allow: ranges.filter((range) => range !== undefined) }

  const which = wrong.map((entry) => JSON.stringify(entry.slice(0, 64))).join(', ')
  return {
    ok: false,
    message: `${which} ${wrong.length === 1 ? 'is not a subnet' : 'are not subnets'}.`,
    fix: 'Write each as its first address and the length of its prefix, "10.0.0.0/8" or "fd12:3456::/32", or as a single address.',
  }
}

export type AllowListCheck = { ok: true; allow: AllowList } | { ok: false; message: string; fix: string }

function classify(address: Address): AddressClass {
  if (isIpv6(address)) {
    if (address.match(nat64)) return classify(new ipaddr.IPv4(address.toByteArray().slice(12)))
    const block = ipv6Blocks.find((candidate) => contains(candidate, address))
    if (block) return { reachable: false, reason: block.purpose }
    return address.match(globalUnicast) ? { reachable: true } : { reachable: false, reason: 'never given out (RFC 4291)' }
  }
  const block = ipv4Blocks.find((candidate) => contains(candidate, address))
  return block ? { reachable: false, reason: block.purpose } : { reachable: true }
}

function parseAddress(ip: string): Address | undefined {
  // The parser of the library also takes octal, hexadecimal and short spellings, and zones; an address to dial has none.
  return isIP(ip) === 0 || ip.includes('%') ? undefined : ipaddr.parse(ip)
}

function parseRange(text: string): AddressRange | undefined {
  const [, ip, length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const base = ip === undefined ? undefined : parseAddress(ip)
  if (base === undefined) return undefined

  const bits = base.toByteArray().length * 8
  const prefixLength = length === undefined ? bits : Number(length)
  if (prefixLength > bits) return undefined
  // 10.1.2.3/8 is a slip of the pen: whether the address or the length is meant cannot be told.
  const hostBits = base.toByteArray().map((byte, position) => byte & (0xff >> Math.min(8, Math.max(0, prefixLength - position * 8))))
  if (hostBits.some((byte) => byte !== 0)) return undefined
  return { cidr: `${base}/${prefixLength}`, base, prefixLength }
}

function isIn(address: Address, ranges: AllowList, onlyAlone: boolean): boolean {
  return ranges.some((range) => contains(range, address) && (!onlyAlone || range.prefixLength === address.toByteArray().length * 8))
}

function contains(range: AddressRange, address: Address): boolean {
  return range.base.kind() === address.kind() && address.match([range.base, range.prefixLength])
}

function isLoopback(address: Address): boolean {
  return loopback.some((range) => contains(range, address))
}

function isMetadata(address: Address): boolean {
  return metadata.some((range) => contains(range, address))
}

function isIpv6(address: Address): address is ipaddr.IPv6 {
  return address.kind() === 'ipv6'
}

function subnet(cidr: string): AddressRange {
  const range = parseRange(cidr)
  if (range === undefined) throw new Error(`${cidr} in the table of special blocks is not a subnet`)
  return range
}

const withPurpose = ([cidr, purpose]: SpecialBlock) => ({ ...subnet(cidr), purpose })
const ipv4Blocks = ipv4SpecialBlocks.map(withPurpose)
const ipv6Blocks = ipv6SpecialBlocks.map(withPurpose)
const metadata = metadataAddresses.map(subnet)
const loopback = ['127.0.0.0/8', '::1/128'].map(subnet)
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96')
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')
