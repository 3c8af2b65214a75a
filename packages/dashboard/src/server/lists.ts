import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { call, pathIn } from './call.js'
import type { Endpoint, Organization, Page } from './answers.js'

/** A list that goes on by its cursor, and is looked at again while its page is seen. */
export function useList<Item>(path: string, query: Record<string, string | undefined> = {}, { everyMs = 4_000, isEnabled = true } = {}) {
  const list = useInfiniteQuery({
    queryKey: [path, query],
    queryFn: ({ pageParam }) => call<Page<Item>>('GET', path, { query: { ...query, limit: 50, after: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    // Only the first page changes; whoever has gone further reads in peace.
    refetchInterval: (state) => (state.state.data?.pages.length ?? 1) === 1 ? everyMs : false,
    enabled: isEnabled,
  })
  return { ...list, items: list.data?.pages.flatMap((page) => page.data) }
}

export function useOne<Answer>(path: string, { everyMs = false as number | false, isEnabled = true, query = {} as Record<string, string | undefined> } = {}) {
  return useQuery({ queryKey: [path, query], queryFn: () => call<Answer>('GET', path, { query }), refetchInterval: everyMs, enabled: isEnabled })
}

/** The organizations that whoever has signed in may choose from. */
export function useOrganizations(session: { kind: string; organization: string | null } | null | undefined) {
  const isAdmin = session?.kind === 'admin'
  const all = useQuery({ queryKey: ['organizations'], queryFn: () => call<Page<Organization>>('GET', '/v1/organizations', { query: { limit: 200 } }), enabled: isAdmin })
  const own = useOne<Organization>(pathIn(session?.organization ?? ''), { isEnabled: session?.kind === 'organization' })
  return isAdmin ? all.data?.data : own.data === undefined ? undefined : [own.data]
}

/** Every endpoint of an organization that a list refers to, by its id. */
export function useEndpointsById(organization: string): ReadonlyMap<string, Endpoint> {
  const found = useQuery({ queryKey: [pathIn(organization, 'endpoints'), 'by id'], queryFn: () => call<Page<Endpoint>>('GET', pathIn(organization, 'endpoints'), { query: { limit: 200 } }), refetchInterval: 15_000 })
  return new Map(found.data?.data.map((endpoint) => [endpoint.id, endpoint]))
}
