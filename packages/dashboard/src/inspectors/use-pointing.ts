import { useQueries } from '@tanstack/react-query'
import { posthorn } from '../server/posthorn.js'
import { inspectorPattern } from './inspector.js'
import type { Endpoint, Organization } from '@posthorn/client'

/** An endpoint whose URL is an inspector, and whose endpoint it is. */
export interface Pointing { inspector: string; organization: Organization; endpoint: Endpoint }

/** The endpoints that point to an inspector, of the first organizations: the tour's are among them, and whoever tries something out has few. */
export function usePointing(organizations: readonly Organization[]): Pointing[] {
  const asked = organizations.slice(0, organizationsAtMost)
  const lists = useQueries({ queries: asked.map(({ id }) => ({ queryKey: ['endpoints', id, 'first'], queryFn: async () => (await posthorn.endpoints.list(id).page({ limit: 200 })).data, staleTime: 30_000 })) })
  return asked.flatMap((organization, index) => (lists[index]?.data ?? []).flatMap((endpoint) => {
    const inspector = inspectorPattern.exec(endpoint.url)?.[1]
    return inspector === undefined ? [] : [{ inspector, organization, endpoint }]
  }))
}

const organizationsAtMost = 30
