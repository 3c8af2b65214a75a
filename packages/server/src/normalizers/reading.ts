import { at, listAt, textAt } from '@posthorn/webhooks/exact-json'
import type { Address, Item } from './normalized-event.js'

/** An id, or that of the object which it was expanded to. */
export function idAt(value: unknown, ...path: (string | number)[]): string | undefined {
  return textAt(value, ...path) ?? textAt(value, ...path, 'id')
}

/** An object of one's own making; undefined when it is empty. */
export function metadataAt(value: unknown, ...path: string[]): Record<string, unknown> | undefined {
  const found = at(value, ...path)
  return typeof found === 'object' && found !== null && !Array.isArray(found) && Object.keys(found).length > 0 ? found as Record<string, unknown> : undefined
}

/** `sessionId` or `session_id` of an object's metadata. */
export function sessionIn(metadata: unknown): string | undefined {
  return textAt(metadata, 'sessionId') ?? textAt(metadata, 'session_id')
}

/** `orderId` or `order_id` of an object's metadata. */
export function orderIn(metadata: unknown): string | undefined {
  return textAt(metadata, 'orderId') ?? textAt(metadata, 'order_id')
}

export function numberAt(value: unknown, ...path: (string | number)[]): number | undefined {
  const found = at(value, ...path)
  const number = typeof found === 'string' && /^-?\d{1,15}(\.\d{1,9})?$/.test(found) ? Number(found) : found
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** The items of a list, each read by `read`; undefined where there is no list or nothing in it. */
export function itemsAt(read: (item: unknown) => Item | undefined, value: unknown, ...path: (string | number)[]): Item[] | undefined {
  const items = listAt(value, ...path).map(read).filter((item) => item !== undefined)
  return items.length > 0 ? items.map(defined) : undefined
}

/** An address by the names that a provider gives its parts; undefined when nothing of it is told. */
export function addressAt(names: Readonly<Record<keyof Address, readonly string[]>>, value: unknown, ...path: string[]): Address | undefined {
  const found = at(value, ...path)
  const address = defined(Object.fromEntries(Object.entries(names).map(([name, places]) => [name, places.map((place) => textAt(found, ...place.split('.'))).find((text) => text !== undefined)])) as Address)
  return Object.keys(address).length > 0 ? address : undefined
}

function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T
}
