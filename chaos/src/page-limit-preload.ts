import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { controlVariable } from './page-limit-control.js'

// Loaded into a node, and into each of its threads, before anything of its own: keeps every SQLite connection at the size
// that its file has, for as long as the control file is there. The pragma is a connection's own, so nobody outside can set it.

const control = process.env[controlVariable]
const lookEveryMs = 20
const unlimited = 4_294_967_294

interface Connection { prepare(text: string): { get(): unknown }; close(): void }
interface Driver { DatabaseSync: new (...given: never[]) => Connection }

if (control !== undefined) {
  const connections = connectionsFromNowOn()
  let isFull = false
  setInterval(() => {
    if (existsSync(control) === isFull) return
    isFull = !isFull
    // Below what there is, the limit becomes what there is.
    for (const connection of connections) connection.prepare(`pragma max_page_count = ${isFull ? 1 : unlimited}`).get()
  }, lookEveryMs).unref()
}

/** Those that either driver opens from now on. The server asks for the driver again for each. */
function connectionsFromNowOn(): Set<Connection> {
  const connections = new Set<Connection>()
  const require = createRequire(new URL('../../packages/server/dist/storage/sqlite-driver.js', import.meta.url))
  const watched = ({ DatabaseSync }: Driver): Driver['DatabaseSync'] => class extends DatabaseSync {
    constructor(...given: never[]) {
      super(...given)
      connections.add(this)
    }

    override close(): void {
      connections.delete(this)
      super.close()
    }
  }

  // The class itself cannot be changed, nor what the package exports; but who requires it next may be given something else.
  const packaged = require('@photostructure/sqlite') as Driver
  const loaded = require.cache[require.resolve('@photostructure/sqlite')]
  if (loaded !== undefined) loaded.exports = { ...packaged, DatabaseSync: watched(packaged) }
  try {
    const own = require('node:sqlite') as Driver
    own.DatabaseSync = watched(own)
  } catch { /* this Node has none */ }
  return connections
}
