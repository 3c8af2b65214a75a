/**
 * The blocks that no customer's endpoint can live in, each with what it is for.
 *
 * Taken from the IANA special-purpose address registries (RFC 6890, RFC 8190; state of 2024-10) wherever they say that a
 * block is not globally reachable, or leave it open:
 *   https://www.iana.org/assignments/iana-ipv4-special-registry
 *   https://www.iana.org/assignments/iana-ipv6-special-registry
 * and, beyond them, multicast, what has been withdrawn, and addresses that a cloud gives its own machines.
 *
 * Deliberately stricter than the registries in one place: inside 192.0.0.0/24 and 2001::/23 a few addresses count as
 * globally reachable (192.0.0.9, 192.0.0.10, 2001:1::1 to 2001:1::3, AMT, AS112, ORCHIDv2, drone tags). They are anycast
 * to the nearest box, which may well be the operator's own router, or they are names and no places; none is a receiver
 * of webhooks. So both blocks are refused whole.
 */
export const ipv4SpecialBlocks: readonly SpecialBlock[] = [
  ['0.0.0.0/8', 'this network (RFC 791)'],
  ['10.0.0.0/8', 'private use (RFC 1918)'],
  ['100.64.0.0/10', 'shared by carriers (RFC 6598)'],
  ['127.0.0.0/8', 'loopback (RFC 1122)'],
  ['168.63.129.16/32', 'the host of an Azure machine'],
  ['169.254.0.0/16', 'link-local, cloud metadata (RFC 3927)'],
  ['172.16.0.0/12', 'private use (RFC 1918)'],
  ['192.0.0.0/24', 'protocol assignments (RFC 6890)'],
  ['192.0.2.0/24', 'documentation (RFC 5737)'],
  ['192.88.99.0/24', '6to4 relays, withdrawn (RFC 7526)'],
  ['192.168.0.0/16', 'private use (RFC 1918)'],
  ['198.18.0.0/15', 'benchmarks (RFC 2544)'],
  ['198.51.100.0/24', 'documentation (RFC 5737)'],
  ['203.0.113.0/24', 'documentation (RFC 5737)'],
  ['224.0.0.0/4', 'multicast (RFC 5771)'],
  ['240.0.0.0/4', 'reserved, broadcast (RFC 1112, RFC 8190)'],
]

/** Of IPv6 only 2000::/3 has ever been given out; what lies outside it and has no line here is refused as well. */
export const ipv6SpecialBlocks: readonly SpecialBlock[] = [
  ['::/128', 'unspecified (RFC 4291)'],
  ['::1/128', 'loopback (RFC 4291)'],
  ['::/96', 'IPv4-compatible, withdrawn (RFC 4291)'],
  ['::ffff:0:0/96', 'IPv4-mapped (RFC 4291)'],
  ['::ffff:0:0:0/96', 'IPv4-translated (RFC 2765)'],
  ['64:ff9b:1::/48', 'NAT64 of a local network (RFC 8215)'],
  ['100::/64', 'discarded (RFC 6666)'],
  ['100:0:0:1::/64', 'dummy prefix (RFC 9780)'],
  ['2001::/32', 'Teredo (RFC 4380)'],
  ['2001::/23', 'protocol assignments (RFC 2928)'],
  ['2001:db8::/32', 'documentation (RFC 3849)'],
  ['2002::/16', '6to4 (RFC 3056)'],
  ['3ffe::/16', '6bone, withdrawn (RFC 3701)'],
  ['3fff::/20', 'documentation (RFC 9637)'],
  ['5f00::/16', 'segment routing (RFC 9602)'],
  ['fc00::/7', 'private use, cloud metadata (RFC 4193)'],
  ['fe80::/10', 'link-local (RFC 4291)'],
  ['fec0::/10', 'site-local, withdrawn (RFC 3879)'],
  ['ff00::/8', 'multicast (RFC 4291)'],
]

/**
 * Where clouds hand their machines credentials and settings. A range of an allow list that merely covers one of these
 * does not mean it: it has to be allowed alone, by its own address.
 */
export const metadataAddresses: readonly string[] = [
  '169.254.169.254', // AWS, Azure, Google, DigitalOcean, Oracle and most others
  '169.254.170.2', // AWS, containers
  '169.254.170.23', // AWS, Kubernetes pods
  'fd00:ec2::254', // AWS over IPv6
  'fd00:ec2::23', // AWS, Kubernetes pods over IPv6
  'fd20:ce::254', // Google over IPv6
  '168.63.129.16', // Azure
  '100.100.100.200', // Alibaba
  '192.0.0.192', // Oracle, older
]

export type SpecialBlock = readonly [cidr: string, purpose: string]
