import { useLocation } from '@tanstack/react-router'
import { useCurrentOrganization } from './current-organization.js'
import type { Organization } from '@posthorn/client'
import type { Session } from '../session/session.js'

/** What somebody looks at: one organization, or for whoever runs the server all of them. */
export type Scope = { isAll: true; organization: string | undefined } | { isAll: false; organization: string }

export function useScope(organizations: readonly Organization[] | undefined, session: Session): Scope {
  const { pathname } = useLocation()
  const organization = useCurrentOrganization(organizations, session)
  if (session.kind !== 'admin' && organization !== undefined) return { isAll: false, organization }
  if (ofAll.has(pathname)) localStorage.setItem(storedAs, 'yes')
  else if (pathname.startsWith('/organizations/')) localStorage.removeItem(storedAs)
  // Sources, inspectors and settings are nobody's: there the scope stays what it was.
  return organization === undefined || localStorage.getItem(storedAs) === 'yes' ? { isAll: true, organization } : { isAll: false, organization }
}

const ofAll = new Set(['/', '/events', '/deliveries', '/dead-letters'])
const storedAs = 'posthorn.looks-at-all'
