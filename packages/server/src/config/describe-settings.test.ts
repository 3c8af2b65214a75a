import { describe, expect, test } from 'vitest'
import { describeSettings, tellSettings } from './describe-settings.js'
import { readSettings } from './read-settings.js'
import { settingEntries, settingFlags } from './settings.js'

describe('the printed settings', () => {
  const reading = readSettings({
    mode: 'dev',
    flags: { port: '5000' },
    env: { POSTHORN_API_KEY: 'hush'.repeat(8), DATABASE_URL: 'sqlite:./data/p.db' },
    readSecretFile: () => '',
  })
  if (!reading.ok) throw new Error(reading.mistakes.join('\n'))
  const lines = describeSettings(reading.settings).split('\n')
  const lineOf = (name: string) => lines.find((line) => line.startsWith(`${name} `))?.split(/ {2,}/)

  test('show every setting with its value and where it comes from', () => {
    expect(lines).toHaveLength(settingEntries().length)
    expect(lineOf('PORT')).toEqual(['PORT', '5000', 'flag'])
    expect(lineOf('DATABASE_URL')).toEqual(['DATABASE_URL', 'sqlite:./data/p.db', 'environment'])
    expect(lineOf('POSTHORN_LOG')).toEqual(['POSTHORN_LOG', './data/posthorn.log', 'default'])
    expect(lineOf('POSTHORN_PUBLIC_URL')).toEqual(['POSTHORN_PUBLIC_URL', '(not set)'])
    expect(lineOf('POSTHORN_DNS_SERVERS')).toEqual(['POSTHORN_DNS_SERVERS', '(not set)'])
  })

  test('mask secrets', () => {
    expect(lineOf('POSTHORN_API_KEY')).toEqual(['POSTHORN_API_KEY', '********', 'environment'])
    expect(lines.join('\n')).not.toContain('hush')
  })
})

test('each setting is told with its place, its source and what it is for', () => {
  const reading = readSettings({ mode: 'serve', env: { POSTHORN_API_KEY: 'hush'.repeat(8), POSTHORN_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64') }, file: { name: 'posthorn.config.js', values: { port: 5000 } }, readSecretFile: () => '' })
  if (!reading.ok) throw new Error(reading.mistakes.join('\n'))
  const told = tellSettings(reading.settings)
  expect(told.map(({ name }) => name).sort()).toEqual(settingEntries().map(([name]) => name).sort())
  expect(told.find(({ name }) => name === 'port')).toMatchObject({ section: 'Server', env: 'PORT', flag: '--port', value: '5000', from: 'posthorn.config.js', isSecret: false, about: expect.stringContaining('port of the HTTP API') })
  expect(told.find(({ name }) => name === 'apiKey')).toMatchObject({ value: '********', from: 'environment', isSecret: true })
  expect(told.find(({ name }) => name === 'publicUrl')).toMatchObject({ value: null, from: null })
})

describe('the flags', () => {
  test('are the names of the settings with dashes, each with the kind of its value', () => {
    const flags = settingFlags().map(({ flag }) => flag)
    expect(flags).toContain('--port <number>')
    expect(flags).toContain('--database-url <url>')
    expect(flags).toContain('--delivery-timeout <duration>')
    expect(flags).toHaveLength(settingEntries().length)
  })
})
