/**
 * Public ids: a prefix and digits of base 32 that sort as the numbers do. An event's number is below 2^53, an
 * endpoint's and an attempt's below 2^32; a delivery is the pair of its event and its endpoint, so it needs no id column.
 */
const digits = '0123456789abcdefghjkmnpqrstvwxyz'
const eventWidth = 11
const rowWidth = 7

export const eventId = (id: number): string => `evt_${encode(id, eventWidth)}`
export const endpointId = (id: number): string => `ep_${encode(id, rowWidth)}`
export const keyId = (id: number): string => `key_${encode(id, rowWidth)}`
export const sourceId = (id: number): string => `src_${encode(id, rowWidth)}`
export const linkId = (id: number): string => `lnk_${encode(id, rowWidth)}`
export const receiptId = (id: number): string => `rcp_${encode(id, eventWidth)}`
export const replayId = (id: number): string => `rpl_${encode(id, rowWidth)}`
export const deliveryId = (event: number, endpoint: number): string => `dlv_${encode(event, eventWidth)}${encode(endpoint, rowWidth)}`
export const attemptId = (event: number, endpoint: number, number: number): string =>
  `att_${encode(event, eventWidth)}${encode(endpoint, rowWidth)}${encode(number, rowWidth)}`

/** Each gives undefined for what is no such id, so that any text from outside may be passed. */
export const parseEventId = (text: string): number | undefined => parse(text, 'evt_', eventWidth)
export const parseEndpointId = (text: string): number | undefined => parse(text, 'ep_', rowWidth)
export const parseKeyId = (text: string): number | undefined => parse(text, 'key_', rowWidth)
export const parseSourceId = (text: string): number | undefined => parse(text, 'src_', rowWidth)
export const parseLinkId = (text: string): number | undefined => parse(text, 'lnk_', rowWidth)
export const parseReceiptId = (text: string): number | undefined => parse(text, 'rcp_', eventWidth)
export const parseReplayId = (text: string): number | undefined => parse(text, 'rpl_', rowWidth)

export interface DeliveryKey { eventId: number; endpointId: number }

export function parseDeliveryId(text: string): DeliveryKey | undefined {
  if (!text.startsWith('dlv_') || text.length !== 4 + eventWidth + rowWidth) return undefined
  const event = decode(text.slice(4, 4 + eventWidth))
  const endpoint = decode(text.slice(4 + eventWidth))
  return event === undefined || endpoint === undefined ? undefined : { eventId: event, endpointId: endpoint }
}

function parse(text: string, prefix: string, width: number): number | undefined {
  return text.startsWith(prefix) && text.length === prefix.length + width ? decode(text.slice(prefix.length)) : undefined
}

export function encode(number: number, width: number): string {
  let text = ''
  let rest = number
  for (let i = 0; i < width; i++) {
    text = (digits[rest % 32] as string) + text
    rest = Math.floor(rest / 32)
  }
  return text
}

function decode(text: string): number | undefined {
  let number = 0
  for (const character of text) {
    const digit = digits.indexOf(character)
    if (digit < 0) return undefined
    number = number * 32 + digit
  }
  return Number.isSafeInteger(number) ? number : undefined
}
