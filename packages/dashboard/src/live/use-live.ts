import { PosthornError } from '@posthorn/client'
import { useQueryClient, type Query, type QueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { posthorn } from '../server/posthorn.js'
import { isReadFurther } from '../server/reading.js'
import { sessionKey } from '../session/use-session.js'
import { liveness } from './is-live.js'
import { concerns, newsOf, type News } from './news.js'

/** Hears what happens on the server while the page is seen, and looks again at whatever that changes. */
export function useLive(): void {
  const client = useQueryClient()
  useEffect(() => {
    let stop = listen(client)
    const follow = () => {
      stop()
      if (document.visibilityState === 'visible') stop = listen(client)
    }
    document.addEventListener('visibilitychange', follow)
    return () => {
      document.removeEventListener('visibilitychange', follow)
      stop()
    }
  }, [client])
}

function listen(client: QueryClient): () => void {
  const stopped = new AbortController()
  let gathered: News[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let lookedAt = 0
  const look = () => {
    timer = undefined
    lookedAt = Date.now()
    const news = gathered
    gathered = []
    lookAgain(client, news)
  }

  async function hear(): Promise<void> {
    for (;;) {
      try {
        for await (const message of posthorn.stream({ signal: stopped.signal })) {
          liveness.set(true)
          gathered.push(newsOf(message))
          timer ??= setTimeout(look, Math.max(gatherMs, lookedAt + restMs - Date.now()))
        }
      } catch (error) {
        // Everything is looked at in turns until the stream is heard again.
        liveness.set(false)
        if (stopped.signal.aborted) return
        if (isRefused(error)) return void client.invalidateQueries({ queryKey: sessionKey })
        await new Promise((resolve) => { setTimeout(resolve, againMs) })
      }
    }
  }
  void hear()

  return () => {
    stopped.abort()
    clearTimeout(timer)
    liveness.set(false)
  }
}

function lookAgain(client: QueryClient, news: readonly News[]): void {
  const isConcerned = ({ queryKey }: Query) => news.some((one) => concerns(one, queryKey))
  void client.invalidateQueries({ predicate: (query) => isConcerned(query) && !isReadFurther(query.state.data) })
  void client.invalidateQueries({ predicate: (query) => isConcerned(query) && isReadFurther(query.state.data), refetchType: 'none' })
}

/** Neither a session that is over nor a key that may only publish hears anything, however often it asks. */
function isRefused(error: unknown): boolean {
  return error instanceof PosthornError && (error.status === 401 || error.status === 403)
}

/** The first news show so soon; while they keep coming, something is looked at again only so often, however much happens. */
const gatherMs = 300
const restMs = 1_000
const againMs = 5_000
