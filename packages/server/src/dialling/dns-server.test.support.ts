import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import ipaddr from 'ipaddr.js'

/** A real DNS server on loopback, for tests only. It answers over UDP what `answer` says (RFC 1035), and remembers what it was asked. */
export async function startDnsServer(answer: (name: string, type: 'A' | 'AAAA') => DnsAnswer): Promise<DnsServer> {
  const questions: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (query, sender) => {
    const { name, type, end } = readQuestion(query)
    const given = type === 1 ? answer(name, 'A') : type === 28 ? answer(name, 'AAAA') : []
    questions.push(`${name} ${type === 1 ? 'A' : type === 28 ? 'AAAA' : type}`)
    if (given !== 'silence') socket.send(reply(query, end, type, given), sender.port, sender.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return { server: `127.0.0.1:${socket.address().port}`, questions, close: () => new Promise((done) => { socket.close(() => done()) }) }
}

export type DnsAnswer = readonly string[] | 'no such name' | 'failure' | 'silence'

export interface DnsServer {
  /** As POSTHORN_DNS_SERVERS wants it. */
  server: string
  /** `hooks.example A`, in the order they came. */
  questions: string[]
  close(): Promise<void>
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

function reply(query: Buffer, questionEnd: number, type: number, answer: Exclude<DnsAnswer, 'silence'>): Buffer {
  const addresses = typeof answer === 'string' ? [] : answer
  const header = Buffer.alloc(12)
  query.copy(header, 0, 0, 2)
  header.writeUInt16BE(0x8180 | (answer === 'no such name' ? 3 : answer === 'failure' ? 2 : 0), 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(addresses.length, 6)
  return Buffer.concat([header, query.subarray(12, questionEnd), ...addresses.map((address) => record(type, ipaddr.parse(address).toByteArray()))])
}

function record(type: number, data: number[]): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt16BE(0xc00c, 0) // the name of the question
  head.writeUInt16BE(type, 2)
  head.writeUInt16BE(1, 4) // class IN
  head.writeUInt16BE(data.length, 10) // between the two, a time to live of 0
  return Buffer.concat([head, Buffer.from(data)])
}
