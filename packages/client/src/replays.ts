import { pathOf, type CallOptions, type PostOptions, type Transport } from './transport.js'
import type { NewReplay, Replay, ReplayCount } from './api-types.js'

/** Sends many deliveries once more, as a job that goes on by itself. */
export class Replays {
  constructor(private readonly transport: Transport) {}

  /** Of every delivery that has ended and fits: the dead ones, unless told. */
  async start(organization: string, filter: NewReplay = {}, options?: PostOptions): Promise<Replay> {
    return this.transport.json({ ...options, method: 'POST', path: pathOf`/v1/organizations/${organization}/replays`, body: JSON.stringify(filter) })
  }

  /** Only counts. */
  async dryRun(organization: string, filter: NewReplay = {}, options?: PostOptions): Promise<ReplayCount> {
    return this.transport.json({ ...options, method: 'POST', path: pathOf`/v1/organizations/${organization}/replays`, body: JSON.stringify({ ...filter, dryRun: true }) })
  }

  async get(organization: string, replay: string, options?: CallOptions): Promise<Replay> {
    return this.transport.json({ ...options, method: 'GET', path: pathOf`/v1/organizations/${organization}/replays/${replay}` })
  }

  /** Stops it where it is; what is due again already stays so. */
  async cancel(organization: string, replay: string, options?: PostOptions): Promise<Replay> {
    return this.transport.json({ ...options, method: 'POST', path: pathOf`/v1/organizations/${organization}/replays/${replay}/cancel` })
  }
}
