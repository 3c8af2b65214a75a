import { Link } from '@tanstack/react-router'
import { Activity, BookOpen, CreditCard, Inbox, Layers, LayoutDashboard, Radio, ScanEye, Send, Settings, ShoppingBag, Skull } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'

/** Where one can go: in an organization, and for the server's admin beside it. */
export function Navigation({ organization, isAdmin, onGo }: { organization: string | undefined; isAdmin: boolean; onGo?: () => void }) {
  return (
    <nav aria-label="Pages" className="flex flex-col gap-5">
      {organization !== undefined && <Group pages={inOrganization.map((page) => ({ ...page, to: `/organizations/${encodeURIComponent(organization)}/${page.to}` }))} {...(onGo && { onGo })} />}
      {isAdmin && <Group title="Server" pages={ofServer} {...(onGo && { onGo })} />}
      {!isAdmin && <Group title="Settings" pages={ofServer.slice(-1)} {...(onGo && { onGo })} />}
    </nav>
  )
}

interface NavigationPage { to: string; name: string; icon: LucideIcon }

const inOrganization: NavigationPage[] = [
  { to: 'overview', name: 'Overview', icon: Activity },
  { to: 'events', name: 'Events', icon: Radio },
  { to: 'deliveries', name: 'Deliveries', icon: Send },
  { to: 'endpoints', name: 'Endpoints', icon: Layers },
  { to: 'dead-letters', name: 'Dead letters', icon: Skull },
  { to: 'catalog', name: 'Event catalog', icon: BookOpen },
  { to: 'orders', name: 'Orders', icon: ShoppingBag },
  { to: 'billing', name: 'Billing', icon: CreditCard },
]

const ofServer: NavigationPage[] = [
  { to: '/', name: 'All organizations', icon: LayoutDashboard },
  { to: '/sources', name: 'Sources', icon: Inbox },
  { to: '/inspectors', name: 'Inspectors', icon: ScanEye },
  { to: '/settings/webhooks', name: 'Settings', icon: Settings },
]

function Group({ title, pages, onGo }: { title?: string; pages: NavigationPage[]; onGo?: () => void }) {
  return (
    <div>
      {title !== undefined && <p className="mb-1 px-2.5 text-xs font-medium text-faint">{title}</p>}
      <ul className="flex flex-col gap-px">
        {pages.map(({ to, name, icon: Icon }) => (
          <li key={to}>
            <Link to={to} onClick={onGo} activeOptions={{ exact: to === '/' }}
              className="flex items-center gap-2.5 rounded-md px-2.5 py-1.5 text-faint hover:bg-sunk hover:text-ink max-lg:py-2.5 data-[status=active]:bg-accent-paper data-[status=active]:font-medium data-[status=active]:text-accent">
              <Icon size={16} aria-hidden strokeWidth={1.8} />{name}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  )
}
