import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const dist = dirname(fileURLToPath(import.meta.url))
const manifest = JSON.parse(readFileSync(join(dist, '..', 'package.json'), 'utf8')) as {
  imports: Record<string, { default: string }>
  exports: Record<string, { types: string; default: string }>
  dependencies?: object
}

/** Every file that this one leads to where there is no Node, and every import that leads out of the package. */
function reachable(entry: string, files = new Set<string>(), outside = new Set<string>()): { files: Set<string>; outside: Set<string> } {
  if (files.has(entry)) return { files, outside }
  files.add(entry)
  for (const [, name] of readFileSync(entry, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
    if (name!.startsWith('.')) reachable(join(dirname(entry), name!), files, outside)
    else if (name!.startsWith('#')) reachable(join(dist, '..', manifest.imports[name!]!.default), files, outside)
    else outside.add(`${relative(dist, entry)} imports ${name}`)
  }
  return { files, outside }
}

test.each(['.', './fetch', './hono', './next', './express', './fastify', './node'])('%s needs nothing of Node where there is no Node', (subpath) => {
  const { files, outside } = reachable(join(dist, '..', manifest.exports[subpath]!.default))
  expect([...outside]).toEqual([])
  expect(files.size).toBeGreaterThan(30)
  expect([...files].map((file) => relative(dist, file))).toEqual(expect.arrayContaining(['hmac-web.js', 'public-key-web.js', join('paypal', 'paypal-elsewhere.js')]))
})

test('every subpath has its file and its types, and nothing is depended on', () => {
  for (const { types, default: file } of Object.values(manifest.exports)) {
    expect([types, existsSync(join(dist, '..', types)), existsSync(join(dist, '..', file))]).toEqual([types, true, true])
  }
  expect(manifest.dependencies).toBeUndefined()
})
