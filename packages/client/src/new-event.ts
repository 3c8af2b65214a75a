/** An event to publish. */
export type NewEvent = NewEventHead & (
  | { /** Any JSON value. */ data: unknown; rawData?: undefined }
  | { /** JSON as text, which leaves byte for byte: numbers beyond 2^53, `1.0` and `-0` stay as they are. */ rawData: string; data?: undefined }
)

export interface NewEventHead {
  type: string
  /** An id of your own: publishing it again with the same content is the same event. */
  id?: string | undefined
  /** The time of acceptance, unless told. */
  occurredAt?: string | Date | undefined
}

/** The body of a publish. */
export function eventText({ type, id, occurredAt, data, rawData }: NewEvent): string {
  const head = JSON.stringify({ type, id, occurredAt: occurredAt instanceof Date ? occurredAt.toISOString() : occurredAt })
  return `${head.slice(0, -1)},"data":${rawData === undefined ? textOf(data, type) : checkedText(rawData, type)}}`
}

function textOf(data: unknown, type: string): string {
  const text = JSON.stringify(data) as string | undefined
  if (text === undefined) throw new TypeError(`The data of "${type}" is no JSON value: it is ${data === undefined ? 'undefined' : `a ${typeof data}`}.`)
  return text
}

/** Parsed only to be sure that it is one value and nothing beside it. */
function checkedText(rawData: string, type: string): string {
  try {
    JSON.parse(rawData)
    return rawData
  } catch (cause) {
    throw new TypeError(`The rawData of "${type}" is not JSON.`, { cause })
  }
}
