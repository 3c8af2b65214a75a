import { fieldsAt, itemsAt, skipSpace, type Place } from '../events/json-text.js'
import type { SchemeName } from '@posthorn/webhooks'

/**
 * Takes a batch apart: each part is what the provider would have sent for it alone, its values the provider's own text.
 * In the order in which `verify` lists the parts. Undefined where there is nothing to take apart.
 *
 * @param text JSON that `JSON.parse` has accepted
 * @param expected how many parts `verify` found; where this finds another number, the body is left whole
 */
export function splitBatch(provider: SchemeName, text: string, expected: number): string[] | undefined {
  if (expected === 0 || expected > maxParts) return undefined
  // An envelope with one part is that part, to the byte.
  if (expected === 1 && text[skipSpace(text, 0)] === '{') return undefined
  const parts = splitters[provider]?.(text)
  return parts?.length === expected ? parts : undefined
}

/** SendGrid sends some thousand at once at most; what is more is left whole. */
const maxParts = 5_000

const splitters: Partial<Record<SchemeName, (text: string) => string[]>> = {
  // A list of events, each by itself.
  sendgrid: (text) => listItems(text, skipSpace(text, 0)),
  twilio: (text) => listItems(text, skipSpace(text, 0)),
  // One item for each notification, in an envelope that says whether it is live.
  adyen: (text) => narrowed(text, skipSpace(text, 0), 'notificationItems', (item) => [item]),
  // Entries with changes with messages and statuses (https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components).
  whatsapp: (text) => narrowed(text, skipSpace(text, 0), 'entry', (entry) => narrowed(entry, skipSpace(entry, 0), 'changes', changeParts)),
}

function changeParts(change: string): string[] {
  const value = field(change, 'value')
  const inside = value === undefined ? undefined : change.slice(value.start, value.end)
  if (value === undefined || inside?.startsWith('{') !== true) return [change]
  // One list for each kind; a part has one item of one of them.
  const parts = ['messages', 'statuses'].flatMap((name) => narrowed(inside, 0, name, (item) => [item], name === 'messages' ? ['statuses'] : ['messages']))
  return parts.length === 0 ? [change] : parts.map((part) => change.slice(0, value.start) + part + change.slice(value.end))
}

/** The object at `start`, once for each part of each item of its list `name`, with that part alone in the list and without the fields `without`. */
function narrowed(text: string, start: number, name: string, partsOf: (item: string) => string[], without: readonly string[] = []): string[] {
  if (text[start] !== '{') return []
  const list = field(text, name, start)
  if (list === undefined || text[list.start] !== '[') return []
  const [before, after] = around(text, start, list, without)
  return itemsAt(text, list.start).flatMap((item) => partsOf(text.slice(item.start, item.end)).map((part) => `${before}[${part}]${after}`))
}

/** The object's text before and after the value of one field; where others have to go, it is put together anew from the fields' own texts. */
function around(text: string, start: number, list: Place, without: readonly string[]): [before: string, after: string] {
  const fields = fieldsAt(text, start)
  const end = fields.at(-1)?.end ?? start
  if (!fields.some(({ name }) => without.includes(name))) return [text.slice(start, list.start), `${text.slice(list.end, end)}}`]
  const kept = fields.filter(({ name }) => !without.includes(name))
  const at = kept.findIndex(({ start: place }) => place === list.start)
  const written = ({ name, start: from, end: to }: Place) => `${JSON.stringify(name)}:${text.slice(from, to)}`
  return [`{${[...kept.slice(0, at).map(written), `${JSON.stringify(list.name)}:`].join(',')}`, `${kept.slice(at + 1).map((place) => `,${written(place)}`).join('')}}`]
}

function listItems(text: string, start: number): string[] {
  return text[start] === '[' ? itemsAt(text, start).map((item) => text.slice(item.start, item.end)) : []
}

/** The field of this name; of several, the last, as a parser has it. */
function field(text: string, name: string, start = skipSpace(text, 0)): Place | undefined {
  if (text[start] !== '{') return undefined
  return fieldsAt(text, start).findLast((place) => place.name === name)
}
