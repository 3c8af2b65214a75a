import { useEffect, useRef } from 'react'
import { Button } from './button.js'

/** The foot of a list that goes on: whoever scrolls there gets more. */
export function More({ hasNextPage, isFetchingNextPage, fetchNextPage }: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }) {
  const foot = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = foot.current
    if (element === null) return undefined
    const observer = new IntersectionObserver(([entry]) => {
      // Only for whoever has scrolled: a short page must not read on by itself.
      if (entry?.isIntersecting && scrollY > 0) void fetchNextPage()
    }, { rootMargin: '300px 0px' })
    observer.observe(element)
    return () => observer.disconnect()
  }, [fetchNextPage, hasNextPage, isFetchingNextPage])
  if (!hasNextPage) return null
  return <div ref={foot} className="flex justify-center border-t border-line p-3"><Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>{isFetchingNextPage ? 'Loading…' : 'Show older'}</Button></div>
}
