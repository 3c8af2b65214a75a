import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link } from '@tanstack/react-router'
import { Shell } from './frame/shell.js'
import { Empty } from './pieces/empty.js'
import { ProblemNote } from './pieces/problem-note.js'

const root = createRootRoute({
  component: Shell,
  errorComponent: ({ error }) => <ProblemNote error={error} />,
  notFoundComponent: () => <div className="card"><Empty title="There is no such page" action={<Link className="link" to="/">To the overview</Link>}>Perhaps the address was cut off when it was copied.</Empty></div>,
})

const at = (path: string, load: () => Promise<Record<string, unknown>>, page: string) => createRoute({
  getParentRoute: () => root, path, component: lazyRouteComponent(load as never, page as never),
  validateSearch: (search: Record<string, unknown>): Record<string, string | undefined> => Object.fromEntries(Object.entries(search).map(([name, value]) => [name, value === undefined ? undefined : String(value)])),
})

// Every page is a file of its own, loaded when somebody goes there.
const routes = [
  at('/', () => import('./overview/server-overview-page.js'), 'ServerOverviewPage'),
  at('/events', () => import('./events/events-page.js'), 'EventsPage'),
  at('/deliveries', () => import('./deliveries/deliveries-page.js'), 'DeliveriesPage'),
  at('/dead-letters', () => import('./dead-letters/dead-letters-page.js'), 'DeadLettersPage'),
  at('/organizations/$org', () => import('./overview/overview-page.js'), 'OverviewPage'),
  at('/organizations/$org/overview', () => import('./overview/overview-page.js'), 'OverviewPage'),
  at('/organizations/$org/endpoints', () => import('./endpoints/endpoints-page.js'), 'EndpointsPage'),
  at('/organizations/$org/endpoints/new', () => import('./endpoints/new-endpoint-page.js'), 'NewEndpointPage'),
  at('/organizations/$org/endpoints/$endpoint', () => import('./endpoints/endpoint-page.js'), 'EndpointPage'),
  at('/organizations/$org/endpoints/$endpoint/edit', () => import('./endpoints/edit-endpoint-page.js'), 'EditEndpointPage'),
  at('/organizations/$org/deliveries', () => import('./deliveries/deliveries-page.js'), 'DeliveriesPage'),
  at('/organizations/$org/deliveries/$delivery', () => import('./deliveries/delivery-page.js'), 'DeliveryPage'),
  at('/organizations/$org/events', () => import('./events/events-page.js'), 'EventsPage'),
  at('/organizations/$org/events/$event', () => import('./events/event-page.js'), 'EventPage'),
  at('/organizations/$org/dead-letters', () => import('./dead-letters/dead-letters-page.js'), 'DeadLettersPage'),
  at('/organizations/$org/catalog', () => import('./catalog/catalog-page.js'), 'CatalogPage'),
  at('/organizations/$org/consumers', () => import('./consumers/consumers-page.js'), 'ConsumersPage'),
  at('/organizations/$org/orders', () => import('./orders/orders-page.js'), 'OrdersPage'),
  at('/organizations/$org/billing', () => import('./billing/billing-page.js'), 'BillingPage'),
  at('/sources', () => import('./sources/sources-page.js'), 'SourcesPage'),
  at('/sources/$source', () => import('./sources/source-page.js'), 'SourcePage'),
  at('/receipts/$receipt', () => import('./sources/receipt-page.js'), 'ReceiptPage'),
  at('/inspectors', () => import('./inspectors/inspectors-page.js'), 'InspectorsPage'),
  at('/inspectors/$inspector', () => import('./inspectors/inspector-page.js'), 'InspectorPage'),
  at('/settings/webhooks', () => import('./settings/settings-page.js'), 'SettingsPage'),
  at('/settings/configuration', () => import('./settings/configuration-page.js'), 'ConfigurationPage'),
]

export const router = createRouter({ routeTree: root.addChildren(routes), defaultPreload: 'intent', scrollRestoration: true })
