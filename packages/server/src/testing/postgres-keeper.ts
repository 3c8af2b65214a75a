import { spawn } from 'node:child_process'
import { createWriteStream, rmSync } from 'node:fs'

/**
 * The process between a test run and its PostgreSQL: when the run ends, however it ends (Ctrl-C and SIGKILL included),
 * standard input closes here; then the server is shut down and its folder removed. Started by postgres-server.ts.
 */
const { program, parameters, user, log, folder } = JSON.parse(process.argv[2] as string) as KeeperOrder

export interface KeeperOrder { program: string; parameters: string[]; user: { uid: number; gid: number } | undefined; log: string; folder: string }

// A terminal's Ctrl-C goes to the whole group; the run decides when it is over.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})

const server = spawn(program, parameters, { ...user, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], detached: true })
const file = createWriteStream(log)
server.stdout.pipe(file, { end: false })
server.stderr.pipe(file, { end: false })
server.on('error', () => process.exit(1))
server.on('exit', () => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  process.exit(0)
})

let isEnding = false
process.stdin.resume()
process.stdin.on('end', end)
process.stdin.on('close', end)
process.stdin.on('error', end)

function end(): void {
  if (isEnding) return
  isEnding = true
  // "Fast": without waiting for connections that a run which was killed has left.
  server.kill('SIGINT')
  setTimeout(() => server.kill('SIGQUIT'), 5_000).unref()
}
