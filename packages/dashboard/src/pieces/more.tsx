import { Button } from './button.js'

/** The foot of a list that goes on. */
export function More({ hasNextPage, isFetchingNextPage, fetchNextPage }: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }) {
  if (!hasNextPage) return null
  return <div className="flex justify-center border-t border-line p-3"><Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>{isFetchingNextPage ? 'Loading…' : 'Show older'}</Button></div>
}
