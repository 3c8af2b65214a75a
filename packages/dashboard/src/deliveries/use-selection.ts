import { useState } from 'react'

/** Which rows of a list are chosen. What has left the list is chosen no more. */
export function useSelection<Item extends { id: string }>(items: readonly Item[]) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const selected = items.filter(({ id }) => ids.has(id))
  const isAll = items.length > 0 && selected.length === items.length
  return {
    selected, isAll,
    has: (id: string) => ids.has(id),
    toggle(id: string) {
      const changed = new Set(ids)
      if (!changed.delete(id)) changed.add(id)
      setIds(changed)
    },
    toggleAll: () => setIds(isAll ? new Set() : new Set(items.map(({ id }) => id))),
    clear: () => setIds(new Set()),
  }
}
