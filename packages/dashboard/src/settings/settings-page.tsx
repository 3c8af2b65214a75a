import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useCurrentOrganization } from '../frame/current-organization.js'
import { Button, buttonClass } from '../pieces/button.js'
import { Empty } from '../pieces/empty.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { placeIn } from '../pieces/place.js'
import { useOrganizations } from '../server/reading.js'
import { useSession } from '../session/use-session.js'
import { KeysCard } from './keys-card.js'
import { NewOrganizationDialog } from './new-organization-dialog.js'
import { SettingsTabs } from './settings-tabs.js'
import { OrganizationForm } from './organization-form.js'
import { WebhooksCard } from './webhooks-card.js'
import type { Session } from '../session/session.js'

/** Settings → Webhooks: of the organization that is chosen, its webhooks, its ways, its keys. */
export function SettingsPage() {
  const session = useSession()
  return session.data ? <Settings session={session.data} /> : <Loading />
}

function Settings({ session }: { session: Session }) {
  const organizations = useOrganizations(session)
  const current = useCurrentOrganization(organizations, session)
  const organization = organizations?.find(({ id }) => id === current)
  const [isMaking, setIsMaking] = useState(false)
  const isAdmin = session.kind === 'admin'
  const make = <Button onClick={() => setIsMaking(true)}><Plus size={15} aria-hidden />New organization</Button>
  return (
    <>
      <SettingsTabs isAdmin={isAdmin} />
      <PageHead title="Settings: webhooks" about={organization === undefined ? undefined : <>Of <strong className="font-medium text-ink">{organization.name}</strong>. Choose another organization at the top of the menu.</>} actions={
        <>{isAdmin && make}{organization !== undefined && <Link className={buttonClass('primary')} to={placeIn(organization.id, 'endpoints', 'new')}><Plus size={15} aria-hidden />Create webhook</Link>}</>
      } />
      {organizations === undefined ? <Loading /> : organization === undefined ? <div className="card"><Empty title="No organization yet" action={make}>An organization is a tenant: a store, a merchant, an account.</Empty></div> : (
        <div key={organization.id} className="grid items-start gap-5 xl:grid-cols-2">
          <WebhooksCard organization={organization.id} />
          <KeysCard organization={organization.id} mayGiveAdmin={isAdmin} />
          <OrganizationForm organization={organization} mayChange={isAdmin} />
        </div>
      )}
      <NewOrganizationDialog isOpen={isMaking} onClose={() => setIsMaking(false)} />
    </>
  )
}
