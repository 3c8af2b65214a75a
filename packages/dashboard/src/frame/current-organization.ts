import { useParams } from '@tanstack/react-router'
import type { Organization } from '@posthorn/client'
import type { Session } from '../session/session.js'

/** The organization that the pages are about: the one in the address, else the last one looked at, else the first. */
export function useCurrentOrganization(organizations: readonly Organization[] | undefined, session: Session): string | undefined {
  const { org } = useParams({ strict: false })
  if (org !== undefined) {
    localStorage.setItem(storedAs, org)
    return org
  }
  if (session.organization !== null) return session.organization
  const last = localStorage.getItem(storedAs)
  return organizations?.find(({ id }) => id === last)?.id ?? organizations?.[0]?.id
}

const storedAs = 'posthorn.organization'
