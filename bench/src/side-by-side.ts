/** Does `work` for each item, at most `width` at a time, and gives the results in order. */
export async function sideBySide<Item, Result>(items: readonly Item[], width: number, work: (item: Item, place: number) => Promise<Result>): Promise<Result[]> {
  const results = Array.from<Result>({ length: items.length })
  const left = items.entries()
  await Promise.all(Array.from({ length: width }, async () => {
    for (const [place, item] of left) results[place] = await work(item, place)
  }))
  return results
}
