import { describeFirstSteps, describeTour } from '../tour/describe-tour.js'
import { giveTour, inspectorIdOf, tourSeed, type TourStop, type TourSurroundings } from '../tour/tour.js'
import { paint, type Terminal } from './terminal.js'
import type { Settings } from '../config/settings.js'
import type { RunningServer } from '../server/start-server.js'

/** What `posthorn dev` says once it runs: on an empty database the tour, and what only the first start can tell. */
export async function welcome(server: RunningServer, settings: Settings, terminal: Terminal): Promise<void> {
  const styles = paint(terminal)
  const print = (lines: readonly string[]) => { for (const line of lines) terminal.print(line) }
  if (!settings.roles.includes('api')) {
    print(['', `It answers /healthz, /readyz and /metrics only. Its roles: ${settings.roles.join(', ')}.`, styles.dim('Ctrl-C stops.')])
    return
  }
  const adminKey = server.adminKey ?? settings.apiKey

  const tour = adminKey === undefined || !settings.inspector ? undefined : await tourOf({ store: server.store, fetch: server.fetch, adminKey, url: server.url }, terminal)
  print([''])
  if (tour !== undefined) print([...describeTour(tour, styles), ''])

  if (server.adminKey !== undefined) print([`Admin key, shown this once: ${styles.bold(server.adminKey)}`, ''])
  if (server.adminKey !== undefined || tour !== undefined) {
    const inspectorUrl = settings.inspector ? `${server.url}/inspect/${inspectorIdOf(await tourSeed(server.store), 'my-shop')}` : undefined
    // A key that the operator has set is theirs to show.
    const key = server.adminKey ?? '$POSTHORN_API_KEY'
    print(['Publish your own from another terminal:', '', ...describeFirstSteps({ url: server.url, key, inspectorUrl }), ''])
    if (inspectorUrl !== undefined) print([`and see it arrive at ${styles.bold(inspectorUrl)}`, ''])
  } else if (settings.inspector) {
    print([`See what is sent: ${styles.bold(`${server.url}/inspect`)}`, ''])
  }
  print([styles.dim(`Everything is in ${settings.dataFolder}. Ctrl-C stops.`)])
}

/** A server that runs is worth more than its tour. */
async function tourOf(surroundings: TourSurroundings, terminal: Terminal): Promise<TourStop[] | undefined> {
  try {
    return await giveTour(surroundings)
  } catch (error) {
    terminal.error(error instanceof Error ? error.message : String(error))
    return undefined
  }
}
