import { settingEntries, type Settings } from './settings.js'

/** What `posthorn config` prints: every setting, its value with secrets masked, and where it comes from. */
export function describeSettings(settings: Settings): string {
  const rows = settingEntries().map(([name, { env }]) => {
    const { text, from } = settings.origins[name]
    return { env, value: text === undefined || text === '' ? '(not set)' : text, from: text === undefined || text === '' ? '' : from }
  })
  const [envWidth, valueWidth] = [widest(rows.map(({ env }) => env)), Math.min(60, widest(rows.map(({ value }) => value)))]
  return rows.map(({ env, value, from }) => `${env.padEnd(envWidth)}  ${value.padEnd(valueWidth)}  ${from}`.trimEnd()).join('\n')
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length))
}
