import { flagOf, settingSections, type SettingName, type Settings } from './settings.js'
import type { Setting } from './setting.js'

/** A setting as it may be shown to whoever runs the server. */
export interface ToldSetting {
  section: string
  /** As in the configuration file. */
  name: SettingName
  env: string
  flag: string
  /** As it was written, a secret masked; null where it is not set. */
  value: string | null
  /** Where it was written, in a word; null where it is not set. */
  from: string | null
  isSecret: boolean
  about: string
  accepts: string
}

/** Every setting, its value with secrets masked, and where it comes from. */
export function tellSettings(settings: Pick<Settings, 'origins'>): ToldSetting[] {
  return Object.values(settingSections).flatMap(({ title, settings: entries }) => (Object.entries(entries) as [SettingName, Setting][]).map(([name, { env, isSecret, about, accepts }]) => {
    const { text, from } = settings.origins[name]
    const isSet = text !== undefined && text !== ''
    return { section: title, name, env, flag: flagOf(name), value: isSet ? text : null, from: isSet ? from : null, isSecret, about, accepts }
  }))
}

/** What `posthorn config` prints. */
export function describeSettings(settings: Settings): string {
  const rows = tellSettings(settings).map(({ env, value, from }) => ({ env, value: value ?? '(not set)', from: from ?? '' }))
  const [envWidth, valueWidth] = [widest(rows.map(({ env }) => env)), Math.min(60, widest(rows.map(({ value }) => value)))]
  return rows.map(({ env, value, from }) => `${env.padEnd(envWidth)}  ${value.padEnd(valueWidth)}  ${from}`.trimEnd()).join('\n')
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length))
}
