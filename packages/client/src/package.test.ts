import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const home = fileURLToPath(new URL('../', import.meta.url))
const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as Record<string, unknown>

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-package-'))
  mkdirSync(join(folder, 'node_modules/@posthorn'), { recursive: true })
  symlinkSync(home, join(folder, 'node_modules/@posthorn/client'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function run(name: string, code: string): string {
  writeFileSync(join(folder, name), code)
  return execFileSync(process.execPath, [name], { cwd: folder, encoding: 'utf8' }).trim()
}

const ask = "new Posthorn({ fetch: async () => new Response('{\"id\":\"evt_1\"}', { status: 202 }) }).events.publish('acme', { type: 'a', data: 1 }).then(({ id }) => console.log(id, new PosthornError({ code: 'a', status: 1, detail: '', fix: '' }) instanceof Error))"

describe('the package', () => {
  test('is imported as an ES module', () => {
    expect(run('main.mjs', `import { Posthorn, PosthornError } from '@posthorn/client'\n${ask}`)).toBe('evt_1 true')
  })

  test('is required from CommonJS', () => {
    expect(run('main.cjs', `const { Posthorn, PosthornError } = require('@posthorn/client')\n${ask}`)).toBe('evt_1 true')
  })

  test.each([['main.mts', 'nodenext'], ['main.cts', 'nodenext'], ['main.ts', 'bundler']])('has types for %s (%s)', (name, resolution) => {
    writeFileSync(join(folder, name), `
      import { Posthorn, type Delivery } from '@posthorn/client'
      export const states = async (posthorn: Posthorn): Promise<Delivery['state'][]> => (await posthorn.deliveries.list('acme', { state: 'dead' }).toArray()).map(({ state }) => state)
      // @ts-expect-error -- no such state
      export const wrong = (posthorn: Posthorn) => posthorn.deliveries.list('acme', { state: 'lost' })`)
    const tsc = createRequire(import.meta.url).resolve('typescript/package.json').replace('package.json', 'bin/tsc')
    const { status, stdout } = spawnSync(process.execPath, [tsc, name, '--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022,dom', '--types', '', '--module', resolution === 'bundler' ? 'esnext' : resolution, '--moduleResolution', resolution], { cwd: folder, encoding: 'utf8' })
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })

  test('leaves publint nothing to say', async () => {
    const { messages } = await publint({ pkgDir: home, strict: true, pack: 'npm' })
    expect(messages.map((message) => formatMessage(message, manifest))).toEqual([])
  })

  test('needs no other, and carries no test', () => {
    expect(manifest).not.toHaveProperty('dependencies')
    const [{ files }] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: home, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as [{ files: { path: string }[] }]
    const paths = files.map(({ path }) => path)
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'dist/index.js', 'dist/index.d.ts', 'cjs/index.js', 'cjs/index.d.ts', 'cjs/package.json']))
    expect(paths.filter((path) => /\.test\.|tsbuildinfo|^src/.test(path))).toEqual([])
  })
})

test('the generated types are those of the committed openapi.json', () => {
  const digest = createHash('sha256').update(readFileSync(join(home, '../server/openapi.json'))).digest('hex')
  const generated = readFileSync(join(home, 'src/generated/api.ts'), 'utf8')
  expect(generated.slice(0, 300).includes(digest), 'packages/client/src/generated/api.ts is stale: run "npm run openapi" and commit what it writes.').toBe(true)
})
