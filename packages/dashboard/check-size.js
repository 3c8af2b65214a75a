// Fails the build when what a browser needs for the first page has grown too large.
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const folder = new URL('../server/dashboard/', import.meta.url)
const page = readFileSync(new URL('index.html', folder), 'utf8')
const linked = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, path]) => path)
const sizes = ['index.html', ...linked].map((path) => ({ path, bytes: gzipSync(readFileSync(new URL(path, folder)), { level: 9 }).length }))
// The first page is the overview, which comes as a chunk of its own with the chart.
const chunks = readdirSync(new URL('assets/', folder)).filter((name) => /^(?:overview-page|minutes-chart)-/.test(name) && !linked.includes(`assets/${name}`))
sizes.push(...chunks.map((name) => ({ path: `assets/${name}`, bytes: gzipSync(readFileSync(new URL(`assets/${name}`, folder)), { level: 9 }).length })))

const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
const allowed = 200 * 1024
if (linked.length < 2 || total > allowed) {
  process.stderr.write(`The first load of the dashboard has ${total} bytes (gzip); ${allowed} are allowed.\n${sizes.map(({ path, bytes }) => `  ${bytes}  ${path}`).join('\n')}\n`)
  process.exit(1)
}
if (process.argv.includes('--tell')) process.stdout.write(`${total} bytes (gzip)\n`)
