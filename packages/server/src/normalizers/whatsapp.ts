import { at, listAt, textAt } from '@posthorn/webhooks/exact-json'
import type { NormalizedEvent } from './normalized-event.js'
import type { ProviderEvent } from './provider-event.js'

const provider = 'whatsapp'

/** WhatsApp Cloud API, one message or status at a time: https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components */
export function whatsappMeaning({ body }: ProviderEvent): NormalizedEvent[] {
  return listAt(body, 'entry').flatMap((entry) => listAt(entry, 'changes')).flatMap((change) => {
    const value = at(change, 'value')
    return [...listAt(value, 'messages').flatMap((message) => received(message, value)), ...listAt(value, 'statuses').flatMap((status) => told(status, value))]
  })
}

function received(message: unknown, value: unknown): NormalizedEvent[] {
  const [messageId, from, kind] = [textAt(message, 'id'), textAt(message, 'from'), textAt(message, 'type')]
  if (messageId === undefined || from === undefined || kind === undefined) return []
  const sender = listAt(value, 'contacts').find((contact) => textAt(contact, 'wa_id') === from) ?? listAt(value, 'contacts')[0]
  return [{
    type: 'message.received', key: messageId,
    data: { provider, messageId, channel: 'whatsapp', from, to: textAt(value, 'metadata', 'display_phone_number'), kind, text: textOf(message, kind), fromName: textAt(sender, 'profile', 'name'), mediaId: textAt(message, kind, 'id') },
  }]
}

/** What the sender wrote or chose. */
function textOf(message: unknown, kind: string): string | undefined {
  return textAt(message, 'text', 'body') ?? textAt(message, kind, 'caption') ?? textAt(message, 'button', 'text') ?? textAt(message, 'reaction', 'emoji')
    ?? textAt(message, 'interactive', 'button_reply', 'title') ?? textAt(message, 'interactive', 'list_reply', 'title')
}

function told(status: unknown, value: unknown): NormalizedEvent[] {
  const [messageId, word] = [textAt(status, 'id'), textAt(status, 'status')]
  if (messageId === undefined || word === undefined) return []
  const [error] = listAt(status, 'errors')
  return [{
    type: 'message.status', key: `${messageId}:${word}`,
    data: {
      provider, messageId, channel: 'whatsapp', status: word, from: textAt(value, 'metadata', 'display_phone_number'), to: textAt(status, 'recipient_id'),
      errorCode: textAt(error, 'code'), errorMessage: textAt(error, 'message') ?? textAt(error, 'title'),
    },
  }]
}
