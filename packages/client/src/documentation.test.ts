import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test, vi } from 'vitest'
import { Posthorn } from './posthorn.js'
import { adminKey, givenServer } from './testing/started-server.js'

const server = givenServer()
const text = readFileSync(new URL('../../../docs/client.md', import.meta.url), 'utf8')
const blocks = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code as string)

test('docs/client.md works from the first line to the last', async () => {
  vi.stubEnv('POSTHORN_API_KEY', adminKey)
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  const folder = mkdtempSync(fileURLToPath(new URL('./documentation-', import.meta.url)))
  try {
    const code = blocks.join('\n').replaceAll('http://localhost:4000', server.url).replaceAll("'@posthorn/client'", `'${new URL('./index.js', import.meta.url).href}'`)
    writeFileSync(join(folder, 'page.mjs'), code)
    await import(pathToFileURL(join(folder, 'page.mjs')).href)
    expect(log.mock.calls[0]).toEqual([expect.stringMatching(/^whsec_/)])
    const events = await server.client().events.list('acme').toArray()
    expect(events.map(({ type, test: isTest }) => isTest ? 'test' : type).sort()).toEqual(['ledger.posted', 'order.created', 'order.created', 'order.paid', 'order.shipped', 'test'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
  }
})

test('docs/client.md names every part of the client', () => {
  const parts = Object.keys(new Posthorn())
  expect(parts.filter((part) => !text.includes(`posthorn.${part}`) && !text.includes(`\`${part}\``))).toEqual([])
})
