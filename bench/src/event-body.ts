/** What one publish carries besides its moment: 500 bytes in all, the moment included. */
export interface EventBody {
  /** Up to the sixteen digits of the moment it is sent. */
  before: string
  after: string
}

export const eventBytes = 500
const stampName = '"sentAtUs":"'
const stampDigits = 16

/** The publish body of one event type: an order of the size that shops really send, with the moment of sending as its first field. */
export function eventBody(eventType: string): EventBody {
  const before = `{"type":"${eventType}","data":{${stampName}`
  const order =
    '","id":"ord_8412907","number":"10482","status":"paid","total":"129.90","currency":"EUR",' +
    '"customer":{"id":"cus_5519","email":"ada@example.com","name":"Ada Example"},' +
    '"items":[{"sku":"MUG-01","quantity":2,"price":"14.95"},{"sku":"TEE-XL","quantity":4,"price":"25.00"}],"note":"'
  const padding = eventBytes - before.length - stampDigits - order.length - '"}}'.length
  if (padding < 0) throw new Error(`The event type ${eventType} leaves no room in a body of ${eventBytes} bytes.`)
  return { before, after: `${order}${'.'.repeat(padding)}"}}` }
}

/** The moment as it stands in the body: always sixteen digits, so that every body has the same length. */
export function stamp(us: number): string {
  return Math.round(us).toString().padStart(stampDigits, '0')
}

const stampNeedle = Buffer.from(stampName)

/** The moment of sending, in microseconds, that lies between `start` and `end`; undefined when there is none. */
export function stampIn(bytes: Buffer, start: number, end: number): number | undefined {
  const found = bytes.indexOf(stampNeedle, start)
  if (found < 0) return undefined
  const first = found + stampNeedle.length
  if (first + stampDigits > end) return undefined

  let us = 0
  for (let at = first; at < first + stampDigits; at++) {
    const digit = (bytes[at] ?? 0) - 48
    if (digit < 0 || digit > 9) return undefined
    us = us * 10 + digit
  }
  return us
}
