import { readFileSync } from 'node:fs'
import { canImportTypeScript, loadConfigFile } from '../config/config-file.js'
import { readSettings } from '../config/read-settings.js'
import { BadConfiguration } from './failure.js'
import type { Mode } from '../config/setting.js'
import type { Settings } from '../config/settings.js'
import type { Flags, Given } from './given.js'

/**
 * The settings of a command, out of its flags, the environment and the configuration file.
 *
 * @throws {BadConfiguration} with every mistake, those of a file that cannot be loaded included
 */
export async function loadSettings(mode: Mode, flags: Flags, { env, folder }: Pick<Given, 'env' | 'folder'>): Promise<Settings> {
  const loading = await loadConfigFile(folder, { canImportTypeScript: canImportTypeScript() })
  const reading = readSettings({ mode, env, flags, file: loading.ok ? loading.file : undefined, readSecretFile: (path) => readFileSync(path, 'utf8') })

  const mistakes = [...(loading.ok ? [] : [loading.mistake]), ...(reading.ok ? [] : reading.mistakes)]
  if (mistakes.length > 0 || !reading.ok) throw new BadConfiguration(mistakes)
  return reading.settings
}
