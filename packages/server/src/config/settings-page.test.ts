import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { settingsPage } from './settings-page.js'
import { settingEntries } from './settings.js'

describe('the page about the settings', () => {
  test('docs/configuration.md is what the table of settings says', async () => {
    await expect(settingsPage()).toMatchFileSnapshot(fileURLToPath(new URL('../../../../docs/configuration.md', import.meta.url)))
  })

  test('says of every setting what it is for', () => {
    for (const [, { env, about }] of settingEntries()) {
      expect(settingsPage()).toContain(`### \`${env}\`\n\n${about}`)
      expect(about).toMatch(/^[A-Z].{20,}\.$/)
    }
  })
})
