import { useCallback, useEffect } from 'react'
import { useInfiniteQuery, useQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query'
import { useIsLive } from '../live/is-live.js'
import { posthorn } from './posthorn.js'
import type { Endpoint, Listing, Organization, Page } from '@posthorn/client'
import type { Session } from '../session/session.js'

/**
 * What a query is about: a noun, then whose it is, then whatever tells it from others. News of the server are told of a noun
 * and an organization, so that is what they find.
 */
export type Subject = readonly [noun: string, ...rest: unknown[]]

/** A list that goes on by its cursor. News change its first page; whoever has gone further reads in peace and is told of them. */
export function useList<Item>(subject: Subject, listing: Listing<Item>, { isEnabled = true } = {}) {
  const client = useQueryClient()
  const everyMs = useInterval()
  const list = useInfiniteQuery({
    queryKey: subject,
    queryFn: ({ pageParam }) => listing.page({ limit: pageLength, after: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: Infinity, refetchOnMount: 'always',
    refetchInterval: ({ state }) => isReadFurther(state.data) ? false : everyMs,
    enabled: isEnabled,
  })
  const pages = list.data?.pages

  // The server looks through so much and no more for one page: where little fits, a page is short, and more may come after it.
  const found = pages?.reduce((sum, page) => sum + page.data.length, 0) ?? 0
  const { hasNextPage, isFetching, fetchNextPage: fetchNext } = list
  // Whoever asks twice waits for the same answer.
  const fetchNextPage = useCallback(() => fetchNext({ cancelRefetch: false }), [fetchNext])
  useEffect(() => {
    if (hasNextPage && !isFetching && found < shortPage && (pages?.length ?? 0) < pagesAtOnce) void fetchNextPage()
  }, [hasNextPage, isFetching, fetchNextPage, found, pages?.length])

  function showNews() {
    client.setQueryData<InfiniteData<Page<Item>>>(subject, (data) => data && { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) })
    void client.invalidateQueries({ queryKey: subject })
  }

  return {
    error: list.error, updatedAt: list.dataUpdatedAt, hasNextPage, isFetching, isFetchingNextPage: list.isFetchingNextPage, fetchNextPage,
    items: pages?.flatMap((page) => page.data), hasNews: list.isStale && isReadFurther(list.data), showNews,
  }
}

export type List<Item> = ReturnType<typeof useList<Item>>

export function useOne<Answer>(subject: Subject, read: () => Promise<Answer>, { isEnabled = true } = {}) {
  return useQuery({ queryKey: subject, queryFn: read, refetchInterval: useInterval(), enabled: isEnabled })
}

/** The organizations that whoever has signed in may choose from. */
export function useOrganizations(session: Session | null | undefined): Organization[] | undefined {
  return useQuery({
    queryKey: ['organizations', session?.organization],
    queryFn: async () => session?.kind === 'organization' ? [await posthorn.organizations.get(session.organization ?? '')] : posthorn.organizations.list().toArray({ atMost: 2_000 }),
    enabled: Boolean(session), ...seldom,
  }).data
}

/** Every endpoint of an organization that a list refers to, by its id. */
export function useEndpointsById(organization: string | undefined): ReadonlyMap<string, Endpoint> {
  const { data = [] } = useQuery({ queryKey: ['endpoints', organization, 'all'], queryFn: () => posthorn.endpoints.list(organization ?? '').toArray({ atMost: 2_000 }), enabled: organization !== undefined, ...seldom })
  return new Map(data.map((endpoint) => [endpoint.id, endpoint]))
}

/** The organization's catalog; null where it has none. */
export function useCatalog(organization: string, { isEnabled = true } = {}) {
  return useQuery({ queryKey: ['catalog', organization], queryFn: () => posthorn.catalogs.of(organization), staleTime: 300_000, enabled: isEnabled })
}

/** Where the server tells its news, looking is for what it forgot to tell, and for what other nodes do: each tells of itself. */
function useInterval(): number {
  return useIsLive() ? 8_000 : 3_000
}

/** Whether somebody has gone on to older pages. News would push those away under whoever reads. */
export function isReadFurther(data: unknown): boolean {
  return ((data as Partial<InfiniteData<unknown>> | null | undefined)?.pages?.length ?? 0) > 1
}

/** Of what is read whole and seldom changes but by whoever looks, who then sees it at once. */
const seldom = { staleTime: 30_000, refetchInterval: 60_000 } as const

const pageLength = 50
const shortPage = 20
const pagesAtOnce = 10
