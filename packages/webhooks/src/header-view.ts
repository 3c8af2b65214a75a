/** Headers as frameworks hand them over: `Headers`, a record, or name and value in pairs. */
export type HeaderInput =
  | { forEach(visit: (value: string, name: string) => void): void; get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | readonly (readonly [string, string])[]

/** One way to look at all of them. A header that came twice keeps both values. */
export interface HeaderView {
  all(name: string): readonly string[]
  /** The only value; undefined when there is none or when several disagree. */
  one(name: string): string | undefined
}

export function headerView(input: unknown): HeaderView {
  const values = new Map<string, string[]>()
  const add = (name: unknown, value: unknown) => {
    if (typeof name !== 'string' || typeof value !== 'string') return
    const key = name.toLowerCase()
    const known = values.get(key)
    if (known) known.push(value.trim())
    else values.set(key, [value.trim()])
  }

  if (Array.isArray(input)) {
    for (const pair of input) if (Array.isArray(pair)) add(pair[0], pair[1])
  } else if (input instanceof Headers || isHeaders(input)) {
    input.forEach((value, name) => add(name, value))
  } else if (typeof input === 'object' && input !== null) {
    for (const [name, value] of Object.entries(input)) {
      if (Array.isArray(value)) for (const each of value) add(name, each)
      else add(name, value)
    }
  }

  const all = (name: string): readonly string[] => values.get(name.toLowerCase()) ?? []
  return {
    all,
    one(name) {
      const [first, ...rest] = all(name)
      return rest.every((value) => value === first) ? first : undefined
    },
  }
}

function isHeaders(input: unknown): input is { forEach(visit: (value: string, name: string) => void): void } {
  return typeof input === 'object' && input !== null
    && typeof (input as { forEach?: unknown }).forEach === 'function' && typeof (input as { get?: unknown }).get === 'function'
}
