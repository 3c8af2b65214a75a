/** Where one HTTP/1.1 message lies in a buffer. */
export interface Message {
  /** The first byte after the blank line. */
  bodyStart: number
  /** The first byte that no longer belongs to the message. */
  end: number
}

const blankLine = Buffer.from('\r\n\r\n')
const lengthLine = Buffer.from('\r\ncontent-length: ')

/** The message that begins at `start`, or undefined while part of it is still to come. Only what this harness meets is understood: a length, or chunks. */
export function messageAt(bytes: Buffer, start: number): Message | undefined {
  const headEnd = bytes.indexOf(blankLine, start)
  if (headEnd < 0) return undefined
  const bodyStart = headEnd + blankLine.length

  const line = bytes.indexOf(lengthLine, start)
  if (line >= 0 && line < headEnd) return wholeOrNot(bytes, bodyStart, bodyStart + digitsAt(bytes, line + lengthLine.length))

  const head = bytes.toString('latin1', start, headEnd)
  const length = /\r\ncontent-length:[ \t]*(\d+)/i.exec(head)?.[1]
  if (length !== undefined) return wholeOrNot(bytes, bodyStart, bodyStart + Number(length))
  if (/\r\ntransfer-encoding:[ \t]*chunked/i.test(head)) return chunksFrom(bytes, bodyStart)
  return { bodyStart, end: bodyStart }
}

/** The body's text, with chunks joined. */
export function bodyText(bytes: Buffer, message: Message, start: number): string {
  const head = bytes.toString('latin1', start, message.bodyStart)
  if (!/\r\ntransfer-encoding:[ \t]*chunked/i.test(head)) return bytes.toString('utf8', message.bodyStart, message.end)

  const pieces: Buffer[] = []
  let at = message.bodyStart
  for (;;) {
    const chunk = chunkAt(bytes, at)
    if (chunk === undefined || chunk.size === 0) return Buffer.concat(pieces).toString('utf8')
    pieces.push(bytes.subarray(chunk.start, chunk.start + chunk.size))
    at = chunk.start + chunk.size + 2
  }
}

/** The value of a header, found without regard to case, or undefined. */
export function headerIn(bytes: Buffer, name: string, start: number, message: Message): string | undefined {
  const head = bytes.toString('latin1', start, message.bodyStart)
  const line = head.toLowerCase().indexOf(`\r\n${name}:`)
  if (line < 0) return undefined
  return head.slice(line + name.length + 3, head.indexOf('\r\n', line + 2)).trim()
}

/** The decimal number that begins at `at`. */
export function digitsAt(bytes: Buffer, at: number): number {
  let value = 0
  for (let digit = (bytes[at] ?? 0) - 48; digit >= 0 && digit <= 9; digit = (bytes[++at] ?? 0) - 48) value = value * 10 + digit
  return value
}

function wholeOrNot(bytes: Buffer, bodyStart: number, end: number): Message | undefined {
  return end <= bytes.length ? { bodyStart, end } : undefined
}

function chunksFrom(bytes: Buffer, bodyStart: number): Message | undefined {
  let at = bodyStart
  for (;;) {
    const chunk = chunkAt(bytes, at)
    if (chunk === undefined) return undefined
    at = chunk.start + chunk.size + 2
    if (at > bytes.length) return undefined
    if (chunk.size === 0) return { bodyStart, end: at }
  }
}

function chunkAt(bytes: Buffer, at: number): { start: number; size: number } | undefined {
  const lineEnd = bytes.indexOf('\r\n', at)
  if (lineEnd < 0) return undefined
  return { start: lineEnd + 2, size: Number.parseInt(bytes.toString('latin1', at, lineEnd), 16) }
}
