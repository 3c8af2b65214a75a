import { startServer, type RunningServer } from '../server/start-server.js'
import { version } from '../server/version.js'
import { StopSignals } from './stop-signals.js'
import { paint } from './terminal.js'
import { welcome } from './welcome.js'
import type { Settings } from '../config/settings.js'
import type { Given } from './given.js'

/** Starts a server, runs until somebody asks it to stop, and gives the exit code. */
export async function runServer(settings: Settings, given: Given): Promise<number> {
  const { terminal } = given
  const signals = new StopSignals({ now: () => performance.now(), exitNow: (code) => given.exitNow(code) })
  given.onSignal((signal) => signals.receive(signal))

  const server = await startServer(settings)
  // In production stdout is the log's; what is meant for people goes beside it.
  const say = settings.mode === 'dev' ? (line: string) => terminal.print(line) : (line: string) => terminal.error(line)
  say(`${paint(terminal).bold(`Posthorn ${version}`)} is at ${paint(terminal).cyan(server.url)}`)
  if (settings.mode === 'dev') await welcome(server, settings, terminal)
  else if (server.adminKey !== undefined) say(`Admin key, shown this once: ${server.adminKey}`)

  await signals.asked
  say('Stopping: what is in flight is finished first.')
  await stop(server, () => given.exitNow(0))
  say('Stopped.')
  return 0
}

/** What is not finished by then is attempted again at the next start, so nothing is lost by leaving. */
async function stop(server: RunningServer, leave: () => void): Promise<void> {
  const lastMoment = setTimeout(leave, leaveAfterMs)
  await server.stop()
  clearTimeout(lastMoment)
}

const leaveAfterMs = 22_000
