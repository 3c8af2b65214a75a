import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ConfigFile } from './read-settings.js'

/**
 * Loads the `posthorn.config` file of a folder, if there is one. A file that cannot be loaded is a mistake in the
 * settings like any other, and told like one.
 */
export async function loadConfigFile(folder: string, { canImportTypeScript }: { canImportTypeScript: boolean }): Promise<ConfigFileLoading> {
  const present = await namesIn(folder)
  const [name, other] = configFileNames.filter((candidate) => present.includes(candidate))
  if (name === undefined) return { ok: true, file: undefined }
  if (other !== undefined) return { ok: false, mistake: `There are both ${name} and ${other} in ${folder}; keep one.` }
  if (isTypeScript(name) && !canImportTypeScript) {
    return { ok: false, mistake: `${name}: this Node (${process.version}) cannot import TypeScript. Name the file ${name.replace(/\.m?ts$/, '.mjs')} and leave types out of it, or run Node 22.18 or later.` }
  }

  let loaded: unknown
  try {
    const path = join(folder, name)
    loaded = extname(name) === '.json' ? JSON.parse(await readFile(path, 'utf8')) : ((await import(pathToFileURL(path).href)) as { default?: unknown }).default
  } catch (error) {
    return { ok: false, mistake: `${name} cannot be loaded: ${error instanceof Error ? error.message : String(error)}` }
  }
  if (typeof loaded !== 'object' || loaded === null || Array.isArray(loaded)) {
    return { ok: false, mistake: extname(name) === '.json' ? `${name} must hold one object.` : `${name} must export an object as default: export default { port: 4000 }` }
  }
  return { ok: true, file: { name, values: { ...loaded } } }
}

export type ConfigFileLoading = { ok: true; file: ConfigFile | undefined } | { ok: false; mistake: string }

/** Whether this Node takes the types out of a file that it imports. */
export function canImportTypeScript(): boolean {
  return 'typescript' in process.features && Boolean(process.features.typescript)
}

const configFileNames = ['posthorn.config.ts', 'posthorn.config.mts', 'posthorn.config.js', 'posthorn.config.mjs', 'posthorn.config.json']

function isTypeScript(name: string): boolean {
  return /\.m?ts$/.test(name)
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
