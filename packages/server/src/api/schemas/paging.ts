import { z } from '@hono/zod-openapi'
import { Problem } from '../../problems/problem.js'

/** How lists are asked for: `limit` of them after the one whose cursor the last page gave as `next`. */
export const pageQuery = {
  after: z.string().max(64).optional().openapi({ description: 'The "next" of the page before.' }),
  limit: z.coerce.number().int().min(1).max(200).default(50).openapi({ description: 'How many at most.' }),
}

/** A page of `limit`, out of one more that was read to see whether there is another page. */
export function page<Item, Shown>(items: readonly Item[], limit: number, show: (item: Item) => Shown, cursorOf: (item: Item) => string): { data: Shown[]; next: string | null } {
  const shown = items.slice(0, limit)
  const last = shown.at(-1)
  return { data: shown.map(show), next: items.length > limit && last !== undefined ? cursorOf(last) : null }
}

export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), next: z.string().nullable().openapi({ description: 'What to pass as "after" for the next page; null on the last.' }) })
}

/** Reads the cursor of a list. */
export function parseCursor<Position>(after: string | undefined, parse: (text: string) => Position | undefined): Position | undefined {
  if (after === undefined) return undefined
  const position = parse(after)
  if (position !== undefined) return position
  throw new Problem('invalid_request', '"after" is not a cursor of this list.', { errors: [{ path: 'after', code: 'invalid_cursor', message: 'is not the "next" of a page of this list' }] })
}

/** Reads an instant of a query or a body, whose schema has checked it. */
export function instantIn(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text)
}
