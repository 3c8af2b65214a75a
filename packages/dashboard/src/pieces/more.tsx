import { useEffect, useRef } from 'react'
import { Button } from './button.js'

/** The foot of a list that goes on: whoever scrolls near it gets more. */
export function More({ hasNextPage, isFetching, isFetchingNextPage, fetchNextPage, updatedAt }: { hasNextPage: boolean; isFetching: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown; updatedAt: number }) {
  const foot = useRef<HTMLDivElement>(null)
  // Looked at when somebody scrolls, and after every answer: rows have come, or what was asked for gave way to something else.
  useEffect(() => {
    if (!hasNextPage || isFetching) return undefined
    const look = () => {
      // Only for whoever has scrolled: a short page must not read on by itself.
      if (scrollY > 0 && foot.current !== null && foot.current.getBoundingClientRect().top < innerHeight + nearPixels) void fetchNextPage()
    }
    look()
    addEventListener('scroll', look, { passive: true })
    return () => removeEventListener('scroll', look)
  }, [fetchNextPage, hasNextPage, isFetching, updatedAt])
  if (!hasNextPage) return null
  return <div ref={foot} className="flex justify-center border-t border-line p-3"><Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>{isFetchingNextPage ? 'Loading…' : 'Show older'}</Button></div>
}

const nearPixels = 300
