import { pathOf, type CallOptions, type Transport } from './transport.js'
import type { Overview, OverviewSpan, ServerOverview } from './api-types.js'

/** Whether webhooks flow: what became of deliveries over time, how fast they were, what waits, what fails and what came in. It is read from counters, so it costs little however much there is. */
export class Overviews {
  constructor(private readonly transport: Transport) {}

  /** Of all organizations. Needs the admin key. */
  async ofServer(span: OverviewSpan = {}, options?: CallOptions): Promise<ServerOverview> {
    return this.transport.json({ ...options, method: 'GET', path: '/v1/overview', query: { ...span } })
  }

  async of(organization: string, span: OverviewSpan = {}, options?: CallOptions): Promise<Overview> {
    return this.transport.json({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/overview`, query: { ...span } })
  }
}
