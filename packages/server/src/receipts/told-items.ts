import { isUtf8 } from 'node:buffer'
import { parseExactJson } from '@posthorn/webhooks/exact-json'
import { nativeType } from '../event-types/event-type.js'
import { depthAt, skipSpace } from '../events/json-text.js'
import { maxDepth, maxEventBytes } from '../events/publish-request.js'
import { normalized } from '../normalizers/normalized.js'
import { occurredAt } from '../normalizers/occurred-at.js'
import { splitBatch } from '../normalizers/split-batch.js'
import { typeOf } from '../normalizers/type-of.js'
import { duplicateKeys, itemKeys } from './duplicate-keys.js'
import { plainText } from '../sources/plain-text.js'
import { whoseEvent } from './whose-event.js'
import type { Accepted, SchemeName } from '@posthorn/webhooks'
import type { Kept, ToldEvent, ToldItem } from './receipt.js'

/** A request that has been proven, as far as its meaning goes. */
export interface ProvenRequest {
  provider: SchemeName
  verdict: Accepted
  body: Uint8Array
  receivedAt: number
  header(name: string): string | undefined
}

/** What a proven request tells: one happening, or as many as its batch has parts. `kept` is 1 when one of them is too large to be sent on. */
export function toldItems(request: ProvenRequest): { items: ToldItem[]; kept: Kept } {
  const { provider, verdict, body } = request
  const text = jsonText(request)
  if (text === undefined) return { items: [{ keys: duplicateKeys(provider, verdict, body), whose: { names: [], accounts: [] }, events: [] }], kept: 1 }

  const parts = splitBatch(provider, text, verdict.items?.length ?? 0)
  if (parts === undefined) {
    const told = toldItem(request, text, verdict.type ?? '', duplicateKeys(provider, verdict, body))
    return { items: [told], kept: told.isTooLarge ? 1 : 0 }
  }
  const items = parts.map((part, place) => {
    const item = verdict.items?.[place] ?? {}
    return toldItem(request, part, item.type ?? verdict.type ?? '', itemKeys(item, place, body))
  })
  return { items, kept: items.some(({ isTooLarge }) => isTooLarge) ? 1 : 0 }
}

/** The provider's own event, its text to the byte, and what it means in our words. */
function toldItem(request: ProvenRequest, text: string, toldType: string, keys: string[]): ToldItem & { isTooLarge: boolean } {
  const { provider, receivedAt, header } = request
  const body = parseExactJson(text)
  const type = toldType || typeOf(provider, body)
  const at = occurredAt(provider, body, receivedAt)
  const isTooLarge = Buffer.byteLength(text) > maxEventBytes || depthAt(text, skipSpace(text, 0)) > maxDepth
  const meanings = normalized({ provider, type, body, header }).map(({ key, type: own, data }): ToldEvent => ({ type: own, data: JSON.stringify(data), occurredAt: at, key: key === undefined ? undefined : plainText(`n:${own}:${key}`, 300) }))
  const native: ToldEvent = { type: nativeType(provider, type), data: text, occurredAt: at }
  return { keys, whose: whoseEvent(provider, body, header), events: isTooLarge ? meanings : [native, ...meanings], isTooLarge }
}

/** The body as JSON: as it came where it is JSON, a form as an object of its fields, other text as a string. Undefined for what is no text. */
function jsonText({ body, header }: ProvenRequest): string | undefined {
  if (!isUtf8(body)) return undefined
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
  if (/^application\/x-www-form-urlencoded\b/i.test(header('content-type') ?? '')) return JSON.stringify(formFields(text))
  return parseExactJson(text) === undefined ? JSON.stringify(text) : text
}

/** A field that comes several times keeps all its values. */
function formFields(text: string): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>
  const form = new URLSearchParams(`&${text}`)
  for (const name of new Set(form.keys())) {
    const values = form.getAll(name)
    fields[name] = values.length === 1 ? values[0] as string : values
  }
  return fields
}
