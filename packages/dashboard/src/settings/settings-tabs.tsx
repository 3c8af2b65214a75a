import { Link } from '@tanstack/react-router'

/** What is set where: of an organization here, of the server when it is started. */
export function SettingsTabs({ isAdmin }: { isAdmin: boolean }) {
  if (!isAdmin) return null
  return (
    <nav aria-label="Settings" className="mb-5 flex gap-5 border-b border-line">
      {tabs.map(({ to, name }) => <Link key={to} to={to} className="-mb-px border-b-2 border-transparent py-2 text-faint hover:text-ink data-[status=active]:border-accent data-[status=active]:font-medium data-[status=active]:text-ink">{name}</Link>)}
    </nav>
  )
}

const tabs = [{ to: '/settings/webhooks', name: 'Webhooks' }, { to: '/settings/configuration', name: 'Server configuration' }]
