import { textAt } from '@posthorn/webhooks/exact-json'
import type { SchemeName } from '@posthorn/webhooks'

/** What a provider's request is about, where nothing in it says so by name. */
export function typeOf(provider: SchemeName, body: unknown): string {
  if (provider !== 'twilio') return ''
  const status = textAt(body, 'MessageStatus') ?? textAt(body, 'SmsStatus')
  if (textAt(body, 'MessageSid') !== undefined || textAt(body, 'SmsSid') !== undefined) return `message.${status ?? 'received'}`
  if (textAt(body, 'RecordingSid') !== undefined) return `recording.${textAt(body, 'RecordingStatus') ?? 'unknown'}`
  return textAt(body, 'CallSid') === undefined ? '' : `call.${textAt(body, 'CallStatus') ?? 'unknown'}`
}
