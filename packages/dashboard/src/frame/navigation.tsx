import { Link } from '@tanstack/react-router'
import { Activity, BookOpen, CreditCard, Inbox, Layers, Radio, ScanEye, Send, Settings, ShoppingBag, Skull, Workflow } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { placeIn } from '../pieces/place.js'
import type { Scope } from './scope.js'

/** The pages of what somebody looks at, and those of the server. */
export function Navigation({ scope, isAdmin, onGo }: { scope: Scope; isAdmin: boolean; onGo?: () => void }) {
  const pages = scope.isAll ? ofAll : inOrganization.map((page) => ({ ...page, to: placeIn(scope.organization, page.to) }))
  return (
    <nav aria-label="Pages" className="flex flex-col gap-5">
      <Group pages={pages} {...(onGo && { onGo })} />
      <Group title={isAdmin ? 'Server' : 'Settings'} pages={isAdmin ? ofServer : ofServer.slice(-1)} {...(onGo && { onGo })} />
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
  { to: 'consumers', name: 'Consumers', icon: Workflow },
  { to: 'orders', name: 'Orders', icon: ShoppingBag },
  { to: 'billing', name: 'Billing', icon: CreditCard },
]

const ofAll: NavigationPage[] = [
  { to: '/', name: 'Overview', icon: Activity },
  { to: '/events', name: 'Events', icon: Radio },
  { to: '/deliveries', name: 'Deliveries', icon: Send },
  { to: '/dead-letters', name: 'Dead letters', icon: Skull },
]

const ofServer: NavigationPage[] = [
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
