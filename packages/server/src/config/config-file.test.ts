import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { canImportTypeScript, loadConfigFile } from './config-file.js'

describe('the configuration file', () => {
  let folder: string
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'posthorn-config-')) })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const load = (typeScript = canImportTypeScript()) => loadConfigFile(folder, { canImportTypeScript: typeScript })
  const given = (name: string, text: string) => writeFile(join(folder, name), text)

  test('may be missing, the folder too', async () => {
    expect(await load()).toEqual({ ok: true, file: undefined })
    expect(await loadConfigFile(join(folder, 'nowhere'), { canImportTypeScript: false })).toEqual({ ok: true, file: undefined })
  })

  test.each([
    ['posthorn.config.mjs', 'export default { port: 5000 }'],
    ['posthorn.config.js', 'module.exports = { port: 5000 }'],
    ['posthorn.config.json', '{ "port": 5000 }'],
  ])('may be %s', async (name, text) => {
    await given(name, text)
    expect(await load()).toEqual({ ok: true, file: { name, values: { port: 5000 } } })
  })

  test.runIf(canImportTypeScript())('may be posthorn.config.ts where Node strips types', async () => {
    await given('posthorn.config.ts', 'const port: number = 5000\nexport default { port }')
    expect(await load()).toEqual({ ok: true, file: { name: 'posthorn.config.ts', values: { port: 5000 } } })
  })

  test.each([['posthorn.config.ts', 'posthorn.config.mjs'], ['posthorn.config.mts', 'posthorn.config.mjs']])('that is %s says how to rename it where Node does not strip types', async (name, better) => {
    await given(name, 'export default {}')
    expect(await load(false)).toEqual({ ok: false, mistake: expect.stringMatching(new RegExp(`^${name}: this Node .* cannot import TypeScript. Name the file ${better}`)) })
  })

  test('must be the only one', async () => {
    await given('posthorn.config.mjs', 'export default {}')
    await given('posthorn.config.json', '{}')
    expect(await load()).toMatchObject({ ok: false, mistake: expect.stringContaining('both posthorn.config.mjs and posthorn.config.json') })
  })

  test.each([
    ['posthorn.config.mjs', 'export const port = 5000', 'must export an object as default'],
    ['posthorn.config.mjs', 'export default [1]', 'must export an object as default'],
    ['posthorn.config.mjs', 'throw new Error("from within")', 'cannot be loaded: from within'],
    ['posthorn.config.json', '{ "port": ', 'cannot be loaded: '],
    ['posthorn.config.json', '[]', 'must hold one object'],
  ])('%s with %j is a mistake that says so', async (name, text, mistake) => {
    await given(name, text)
    expect(await load()).toEqual({ ok: false, mistake: expect.stringContaining(`${name} ${mistake}`) })
  })
})
