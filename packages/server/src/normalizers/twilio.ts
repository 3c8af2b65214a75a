import { textAt } from '@posthorn/webhooks/exact-json'
import { numberAt } from './reading.js'
import type { NormalizedEvent } from './normalized-event.js'
import type { ProviderEvent } from './provider-event.js'

const provider = 'twilio'

/**
 * Twilio: incoming messages (https://www.twilio.com/docs/messaging/guides/webhook-request), what became of outgoing ones
 * (https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks), and the same as an event
 * stream tells it. Calls have no word of ours.
 */
export function twilioMeaning({ type, body }: ProviderEvent): NormalizedEvent[] {
  if (type.startsWith('com.twilio.messaging.message.')) return streamed(type.slice('com.twilio.messaging.message.'.length), body)
  const messageId = textAt(body, 'MessageSid') ?? textAt(body, 'SmsSid')
  if (messageId === undefined) return []
  const [from, to] = [textAt(body, 'From'), textAt(body, 'To')]
  const status = textAt(body, 'MessageStatus') ?? textAt(body, 'SmsStatus')

  if (status !== undefined && status !== 'received' && status !== 'receiving') {
    return [{ type: 'message.status', data: { provider, messageId, channel: channelOf(from, to), status, from: bare(from), to: bare(to), errorCode: textAt(body, 'ErrorCode'), errorMessage: textAt(body, 'ErrorMessage') } }]
  }
  if (from === undefined) return []
  const media = Array.from({ length: Math.min(numberAt(body, 'NumMedia') ?? 0, 50) }, (_, i) => textAt(body, `MediaUrl${i}`)).filter((url) => url !== undefined)
  return [{
    type: 'message.received', key: messageId,
    data: {
      provider, messageId, channel: channelOf(from, to), from: bare(from) as string, to: bare(to), kind: media.length > 0 ? 'media' : textAt(body, 'MessageType') ?? 'text',
      text: textAt(body, 'Body'), fromName: textAt(body, 'ProfileName'), mediaUrls: media.length > 0 ? media : undefined,
    },
  }]
}

function streamed(status: string, body: unknown): NormalizedEvent[] {
  const messageId = textAt(body, 'data', 'messageSid')
  if (messageId === undefined || status === 'received') return []
  return [{ type: 'message.status', data: { provider, messageId, channel: 'sms', status, from: textAt(body, 'data', 'from'), to: textAt(body, 'data', 'to'), errorCode: textAt(body, 'data', 'errorCode') } }]
}

/** Other channels than SMS stand before the address: `whatsapp:+1…`. */
const channelOf = (...addresses: (string | undefined)[]): string => addresses.map((address) => /^([a-z_]{2,20}):/.exec(address ?? '')?.[1]).find((channel) => channel !== undefined) ?? 'sms'
const bare = (address: string | undefined): string | undefined => address?.replace(/^[a-z_]{2,20}:/, '')
