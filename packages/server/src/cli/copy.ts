import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { dataFolderOf, parseDatabaseUrl, type DatabaseUrl } from '../config/database-url.js'
import { copyDatabase, type ComparedTable, type CopyProgress } from '../copy/copy-database.js'
import { openSource, openTarget } from '../copy/place.js'
import { refuseOtherKey } from '../copy/refuse-other-key.js'
import { encryptionKeyFile, parseEncryptionKey } from '../secrets/encryption-key.js'
import { BadConfiguration } from './failure.js'
import { paint, type Terminal } from './terminal.js'
import type { Given } from './given.js'

export interface CopyFlags { from: string; to: string }

/** Copies one database to another and compares the two. The exit code is 0 only if they hold the same. */
export async function copy(flags: CopyFlags, { env, terminal }: Given): Promise<number> {
  const [from, to] = readUrls(flags)
  const key = readKey(env)
  const source = await openSource(from)
  try {
    if (key !== undefined) await refuseOtherKey(source.db, key)
    const target = await openTarget(to)
    try {
      const { tables, isSame } = await copyDatabase(source, target, { now: Date.now, tell: teller(terminal) })
      for (const line of tableOf(tables, terminal)) terminal.print(line)
      if (!isSame) {
        terminal.error('posthorn: the two differ. Do not start a server on the target; empty it, and copy again.')
        return 1
      }
      terminal.print('')
      terminal.print(`All is copied. ${aboutKey(from, key !== undefined)}`)
      return 0
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

function readUrls(flags: CopyFlags): [DatabaseUrl, DatabaseUrl] {
  const read = { '--from': parseDatabaseUrl(flags.from), '--to': parseDatabaseUrl(flags.to) }
  const mistakes = Object.entries(read).flatMap(([flag, parsed]) => parsed.ok ? [] : [`${flag}: ${parsed.mistake}`])
  if (!read['--from'].ok || !read['--to'].ok) throw new BadConfiguration(mistakes)
  const [from, to] = [read['--from'].value, read['--to'].value]
  if (placeOf(from) === placeOf(to)) throw new BadConfiguration(['--from and --to are the same database.'])
  return [from, to]
}

function placeOf(url: DatabaseUrl): string {
  return url.kind === 'sqlite' ? resolve(url.path) : url.url
}

function readKey(env: Given['env']): Uint8Array | undefined {
  const text = env['POSTHORN_ENCRYPTION_KEY'] ?? ''
  if (text === '') return undefined
  const parsed = parseEncryptionKey(text)
  if (!parsed.ok) throw new BadConfiguration([`POSTHORN_ENCRYPTION_KEY ${parsed.wrong}.`])
  return parsed.key
}

/** Says now and then how far a large table is. */
function teller(terminal: Terminal): (progress: CopyProgress) => void {
  let toldAt = performance.now()
  return ({ table, rows }) => {
    if (performance.now() - toldAt < tellEveryMs) return
    toldAt = performance.now()
    terminal.error(`${table}: ${rows.toLocaleString('en')} rows so far`)
  }
}

const tellEveryMs = 2_000

function tableOf(tables: readonly ComparedTable[], terminal: Terminal): string[] {
  const { red, bold } = paint(terminal)
  const width = Math.max(...tables.map(({ name }) => name.length))
  return [
    bold(`${'table'.padEnd(width)}  ${'rows'.padStart(12)}  digest`),
    ...tables.flatMap(({ name, source, target, isSame }) => isSame
      ? [line(name, target)]
      : [red(`${line(name, source)}  in the source`), red(`${line(name, target)}  in the target: DIFFERENT`)]),
  ]

  function line(name: string, { rows, digest }: ComparedTable['source']): string {
    return `${name.padEnd(width)}  ${rows.toLocaleString('en').padStart(12)}  ${digest.slice(0, 16)}`
  }
}

function aboutKey(from: DatabaseUrl, wasChecked: boolean): string {
  if (wasChecked) return 'POSTHORN_ENCRYPTION_KEY opens its secrets: start the server on the target with the same one.'
  const file = join(dataFolderOf(from), encryptionKeyFile)
  return from.kind === 'sqlite' && existsSync(file)
    ? `The secrets are sealed under the key in ${file}: start the server on the target with it as POSTHORN_ENCRYPTION_KEY.`
    : 'Start the server on the target with the same POSTHORN_ENCRYPTION_KEY: the secrets are sealed under it. It was not given here, so it was not checked.'
}
