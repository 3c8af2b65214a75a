import { useNavigate } from '@tanstack/react-router'
import { placeIn } from '../pieces/place.js'
import type { Scope } from './scope.js'
import type { Organization } from '@posthorn/client'

/** Goes to the same page of another organization, or of all. */
export function OrganizationPicker({ organizations, scope, mayLookAtAll }: { organizations: readonly Organization[] | undefined; scope: Scope; mayLookAtAll: boolean }) {
  const navigate = useNavigate()
  if (organizations === undefined) return null
  const { organization, isAll } = scope
  const listed = organization === undefined || organizations.some(({ id }) => id === organization) ? organizations : [{ id: organization, name: organization }, ...organizations]

  function choose(id: string) {
    const parts = location.pathname.split('/').slice(1)
    const page = parts[0] === 'organizations' ? parts[2] : parts[0]
    if (id === '') void navigate({ to: pagesOfAll.has(page ?? '') ? `/${page}` : '/' })
    else void navigate({ to: placeIn(id, page !== undefined && pagesOfOne.has(page) ? page : 'overview') })
  }

  return (
    <select aria-label="Organization" className="control w-full font-medium" value={isAll ? '' : organization} onChange={(event) => choose(event.target.value)}>
      {mayLookAtAll && <option value="">All organizations</option>}
      {listed.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
    </select>
  )
}

const pagesOfAll = new Set(['events', 'deliveries', 'dead-letters'])
const pagesOfOne = new Set(['overview', 'events', 'deliveries', 'endpoints', 'dead-letters', 'catalog', 'orders', 'billing'])
