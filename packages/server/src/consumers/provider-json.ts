import { BadEvent } from './consumer.js'

/** A JSON object of a provider, of which nothing is sure. */
export type ProviderObject = { readonly [field: string]: unknown }

/** The object that an event's data must be. */
export function parseObject(data: string): ProviderObject {
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    throw new BadEvent('The data is not JSON.')
  }
  if (!isObject(value)) throw new BadEvent('The data is not a JSON object.')
  return value
}

/** The value at the end of a path, or undefined where the path breaks off. */
export function valueAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined
    found = (found as Record<string | number, unknown>)[step]
  }
  return found
}

/** Text that is not empty. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = valueAt(value, ...path)
  return typeof found === 'string' && found !== '' ? found : undefined
}

export function integerAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const found = valueAt(value, ...path)
  return Number.isSafeInteger(found) ? found as number : undefined
}

export function objectAt(value: unknown, ...path: readonly (string | number)[]): ProviderObject | undefined {
  const found = valueAt(value, ...path)
  return isObject(found) ? found : undefined
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = valueAt(value, ...path)
  return Array.isArray(found) ? found : []
}

/** The id of an object that stands there whole, or by its id only. */
export function idAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  return textAt(value, ...path) ?? textAt(value, ...path, 'id')
}

/** Milliseconds since 1970 of an RFC 3339 text, with however many digits of a second. */
export function instantAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const ms = Date.parse(textAt(value, ...path) ?? '')
  return Number.isNaN(ms) ? undefined : ms
}

/** What must be there for the event to mean anything. */
export function needed<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new BadEvent(`The event names no ${what}.`)
  return value
}

function isObject(value: unknown): value is ProviderObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
