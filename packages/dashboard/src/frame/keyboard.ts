/** Everything the keyboard does, as `?` tells it. */
export const keys = [
  ['/', 'Search or filter this page'], ['j  k', 'Next and previous row'], ['Enter', 'Open the row'], ['r', 'Replay the row, or this delivery'], ['x', 'Select the row'],
  ['g o', 'Overview'], ['g v', 'Events'], ['g d', 'Deliveries'], ['g e', 'Endpoints'], ['g x', 'Dead letters'], ['?', 'Show this'],
] as const

const places: Readonly<Record<string, string>> = { o: 'overview', v: 'events', d: 'deliveries', e: 'endpoints', x: 'dead-letters' }

/** Listens to the whole page. Whoever types, or has a dialog open, is left alone. */
export function listenToKeys({ showHelp, go }: { showHelp: () => void; go: (place: string) => void }): () => void {
  let isGoing = false
  function listen(event: KeyboardEvent): void {
    const target = event.target as HTMLElement
    if (event.metaKey || event.ctrlKey || event.altKey || target.closest('input:not([type=checkbox]), textarea, select, [contenteditable], [role=dialog]') !== null) return
    const wasGoing = isGoing
    isGoing = false
    if (wasGoing && places[event.key] !== undefined) go(places[event.key] as string)
    else if (event.key === 'g') isGoing = true
    else if (event.key === '?') showHelp()
    else if (event.key === '/') document.querySelector<HTMLElement>('[data-search]')?.focus()
    else if (event.key === 'j' || event.key === 'k') moveTo(event.key === 'j' ? 1 : -1)
    else if (event.key === 'r') (inRow('[data-replay]') ?? document.querySelector<HTMLElement>('main [data-replay-page] [data-replay]'))?.click()
    else if (event.key === 'x') inRow('[data-select]')?.click()
    else return
    event.preventDefault()
  }
  document.addEventListener('keydown', listen)
  return () => document.removeEventListener('keydown', listen)
}

function inRow(selector: string): HTMLElement | null | undefined {
  return document.activeElement?.closest('tr')?.querySelector<HTMLElement>(selector)
}

function moveTo(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')]
  const at = rows.indexOf(document.activeElement as HTMLElement)
  const next = rows[at === -1 ? 0 : Math.max(0, Math.min(rows.length - 1, at + step))]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}
