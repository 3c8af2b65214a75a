import { readPlans } from '../billing/plans.js'
import { readOwnFormats } from '../formats/own-formats.js'
import { dataFolderOf, type DatabaseUrl } from './database-url.js'
import { nearestName } from './nearest-name.js'
import { didYouMean, type Default, type Mode, type Setting } from './setting.js'
import { roles, wrongRoles } from './roles.js'
import { flagOf, passedThrough, settingEntries, settingsReference, type Origin, type SettingName, type Settings } from './settings.js'

/**
 * The settings out of all that was said about them: flags over environment over file over default. Whatever is wrong
 * is told at once, so that nobody mends one line after the other.
 */
export function readSettings(sources: SettingSources): SettingsReading {
  const { mode, file } = sources
  const mistakes = unknownNames(sources)
  const values: Record<string, unknown> = {}
  const origins: Partial<Record<SettingName, Origin>> = {}

  const read = (name: SettingName, setting: Setting, dataFolder: string): unknown => {
    const written = find(name, setting, sources, dataFolder)
    if (written.mistake !== undefined) mistakes.push(written.mistake)
    origins[name] = { text: written.value === undefined ? undefined : setting.mask(asText(written.value)), from: written.from }
    values[name + setting.unit] = undefined
    if (written.value === undefined) return undefined

    const parsed = setting.schema.safeParse(written.value)
    if (parsed.success) return (values[name + setting.unit] = parsed.data)
    for (const { message } of parsed.error.issues) mistakes.push(`${written.where}: ${message}`)
    return undefined
  }

  // Other defaults lie in the data folder, so the database comes first.
  const database = read('databaseUrl', settingsReference.databaseUrl, '') as DatabaseUrl | undefined
  const dataFolder = dataFolderOf(database ?? { kind: 'sqlite', path: './posthorn-data/posthorn.db' })
  for (const [name, setting] of settingEntries()) if (name !== 'databaseUrl') read(name, setting, dataFolder)

  if (origins.encryptionKey?.text === undefined) mistakes.push(...missingEncryptionKey(mode, database))
  const wrong = database === undefined ? undefined : wrongRoles(values['roles'] as Settings['roles'] ?? roles, database.kind)
  if (wrong !== undefined) mistakes.push(`POSTHORN_ROLES: ${wrong}`)
  const plans = readPlans(file?.values['plans'])
  if (!plans.ok) mistakes.push(...plans.mistakes.map((mistake) => `${file?.name}: ${mistake}`))
  const formats = readOwnFormats(file?.values['formats'])
  if (!formats.ok) mistakes.push(...formats.mistakes.map((mistake) => `${file?.name}: ${mistake}`))
  if (mistakes.length > 0) return { ok: false, mistakes }

  const rest = Object.fromEntries(passedThrough.map((key) => [key, file?.values[key]]))
  return { ok: true, settings: { ...values, ...rest, mode, dataFolder, origins, allowsFsyncOff: sources.env['POSTHORN_TEST_ALLOW_FSYNC_OFF'] === '1' } as unknown as Settings }
}

export interface SettingSources {
  mode: Mode
  env: Readonly<Record<string, string | undefined>>
  /** By camelCase name, as commander gives them. */
  flags?: Readonly<Record<string, unknown>> | undefined
  file?: ConfigFile | undefined
  /** Reads what a `*_FILE` variable names. */
  readSecretFile: (path: string) => string
}

export type SettingsReading = { ok: true; settings: Settings } | { ok: false; mistakes: string[] }

/** A configuration file that has been loaded: its name, for messages, and what it exports. */
export interface ConfigFile { readonly name: string; readonly values: Readonly<Record<string, unknown>> }

/** Where a value was written: `from` in a word for the list of settings, `where` as a mistake names it. */
interface Written { value?: unknown; from: string; where: string; mistake?: string }

function find(name: SettingName, setting: Setting, { mode, env, flags, file, readSecretFile }: SettingSources, dataFolder: string): Written {
  const flag = flags?.[name]
  if (flag !== undefined) return { value: flag, from: 'flag', where: flagOf(name) }

  const inEnvironment = findInEnvironment(setting, env, readSecretFile)
  if (inEnvironment) return inEnvironment

  const inFile = file?.values[name]
  if (file && inFile !== undefined) return { value: inFile, from: file.name, where: `${name} in ${file.name}` }
  return { value: defaultOf(setting.default, mode, dataFolder), from: 'default', where: setting.env }
}

function findInEnvironment(setting: Setting, env: SettingSources['env'], readSecretFile: (path: string) => string): Written | undefined {
  const value = given(env[setting.env])
  const where = setting.env
  const fileVariable = `${setting.env}_FILE`
  const path = setting.isSecret ? given(env[fileVariable]) : undefined

  if (path === undefined) return value === undefined ? undefined : { value, from: 'environment', where }
  if (value !== undefined) return { from: 'environment', where, mistake: `${where} and ${fileVariable} are both set; keep one.` }
  try {
    // Editors and `echo` end a file with a line feed, which is not part of the secret.
    return { value: readSecretFile(path).replace(/\r?\n$/, ''), from: fileVariable, where: `${fileVariable} (${path})` }
  } catch (error) {
    return { from: fileVariable, where, mistake: `${fileVariable}: the file ${path} cannot be read (${error instanceof Error ? error.message : String(error)}).` }
  }
}

/** Compose files and shells set a variable to nothing where they mean to leave it out. */
function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

function defaultOf(choice: Default | undefined, mode: Mode, dataFolder: string): string | undefined {
  if (choice === undefined || typeof choice === 'string') return choice
  const value = choice[mode]
  return typeof value === 'string' ? value : value(dataFolder)
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : Array.isArray(value) ? value.join(',') : String(value)
}

function unknownNames({ env, flags, file }: SettingSources): string[] {
  const settings = settingEntries()
  const names = settings.map(([name]) => name)
  const variables = settings.flatMap(([, { env: variable, isSecret }]) => isSecret ? [variable, `${variable}_FILE`] : [variable])
  const keys: string[] = [...names, ...passedThrough]

  const unknownFlags = Object.keys(flags ?? {}).filter((name) => !names.some((known) => known === name)).map((name) => `${flagOf(name)} is not a setting.${didYouMean(nearestName(flagOf(name), names.map(flagOf)))}`)
  const unknownVariables = Object.keys(env)
    .filter((name) => name.startsWith('POSTHORN_') && !name.startsWith('POSTHORN_TEST_') && !variables.includes(name))
    .map((name) => `${name} is not a setting.${didYouMean(nearestName(name, variables))}`)
  const unknownKeys = Object.keys(file?.values ?? {}).filter((key) => !keys.includes(key)).map((key) => `${key} in ${file?.name} is not a setting.${didYouMean(nearestName(key, keys))}`)
  return [...unknownFlags, ...unknownVariables, ...unknownKeys]
}

function missingEncryptionKey(mode: Mode, database: DatabaseUrl | undefined): string[] {
  const how = 'Make one with `openssl rand -base64 32`, keep it safe, and give every process the same one.'
  if (mode === 'serve') return [`POSTHORN_ENCRYPTION_KEY is missing; \`posthorn serve\` seals signing secrets with it. ${how}`]
  if (database?.kind === 'postgres') return [`POSTHORN_ENCRYPTION_KEY is missing; on PostgreSQL several processes must share it, so none is made. ${how}`]
  return []
}
