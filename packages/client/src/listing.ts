/** One page of a list. `next` is null on the last. */
export interface Page<Item> { data: Item[]; next: string | null }

/** Where to begin, and how many at once. */
export interface PageOptions { after?: string | undefined; limit?: number | undefined }

/**
 * A list, read as far as somebody asks:
 *
 * ```ts
 * for await (const delivery of posthorn.deliveries.list('acme', { state: 'dead' })) …
 * const { data, next } = await posthorn.deliveries.list('acme').page({ limit: 20 })
 * ```
 */
export class Listing<Item> implements AsyncIterable<Item> {
  readonly #read: (options: PageOptions) => Promise<Page<Item>>

  constructor(read: (options: PageOptions) => Promise<Page<Item>>) {
    this.#read = read
  }

  /** One page: the first, or the one after the `next` of another. */
  async page(options: PageOptions = {}): Promise<Page<Item>> {
    return this.#read(options)
  }

  /** Page after page. */
  async *pages(options: PageOptions = {}): AsyncGenerator<Page<Item>, void, undefined> {
    let { after } = options
    for (;;) {
      const page = await this.#read({ ...options, after })
      yield page
      if (page.next === null) return
      after = page.next
    }
  }

  /** The first `atMost` of them, for what is known to be short. */
  async toArray({ atMost = 1_000 }: { atMost?: number } = {}): Promise<Item[]> {
    const items: Item[] = []
    if (atMost <= 0) return items
    for await (const item of this) if (items.push(item) >= atMost) break
    return items
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const page of this.pages({ limit: 200 })) yield* page.data
  }
}
