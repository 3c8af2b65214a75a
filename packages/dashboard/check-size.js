// Fails the build when what a browser needs for the first page has grown too large.
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const folder = new URL('../server/dashboard/', import.meta.url)
const assets = readdirSync(new URL('assets/', folder))
const read = (path) => readFileSync(new URL(path, folder))

/** A script and all that it imports at once; what it may import later does not count. */
function withImports(name, found = new Set()) {
  if (found.has(name)) return found
  found.add(name)
  for (const [, imported] of read(`assets/${name}`).toString().matchAll(/(?:\bfrom|\bimport)\s*"\.\/([^"]+\.js)"/g)) withImports(imported, found)
  return found
}

const linked = [...read('index.html').toString().matchAll(/(?:src|href)="\/assets\/([^"]+)"/g)].map(([, name]) => name)
const entry = linked.find((name) => name.endsWith('.js'))
// The first page is an overview, which comes as a chunk of its own with the charts.
const pages = assets.filter((name) => /^(?:server-)?overview-page-.*\.js$/.test(name))
const totals = pages.map((page) => {
  const files = ['index.html', ...[...new Set([...linked, ...withImports(entry), ...withImports(page)])].map((name) => `assets/${name}`)]
  const sizes = files.map((path) => ({ path, bytes: gzipSync(read(path), { level: 9 }).length }))
  return { page, sizes, bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0) }
})
const largest = totals.toSorted((one, other) => other.bytes - one.bytes)[0]

const allowed = 200 * 1024
if (entry === undefined || pages.length < 2 || largest.bytes > allowed) {
  process.stderr.write(`The first load of the dashboard has ${largest?.bytes} bytes (gzip); ${allowed} are allowed.\n${largest?.sizes.map(({ path, bytes }) => `  ${bytes}  ${path}`).join('\n')}\n`)
  process.exit(1)
}
if (process.argv.includes('--tell')) process.stdout.write(`${largest.bytes} bytes (gzip)\n`)
