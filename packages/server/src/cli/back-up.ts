import { backupSqlite } from '../backup/backup-sqlite.js'
import { encryptionKeyFile } from '../secrets/encryption-key.js'
import { sqlitePathOf } from './sqlite-path.js'
import type { Settings } from '../config/settings.js'
import type { Terminal } from './terminal.js'

/** Copies the database to a file of its own, which a server can be started on. */
export function backUp(settings: Settings, file: string, terminal: Terminal): void {
  const path = sqlitePathOf(settings)
  const { bytes } = backupSqlite(path, file)
  terminal.print(`${path} is copied to ${file} (${(bytes / 1024 / 1024).toFixed(1)} MiB).`)
  if (settings.encryptionKey === undefined) terminal.print(`Keep ${settings.dataFolder}/${encryptionKeyFile} too, in another place: without it the signing secrets cannot be read.`)
}
