import { spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { generateSecret, sign } from '@posthorn/webhooks'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { Posthorn } from '../index.js'
import { sql } from '../storage/sql.js'
import { readDocuments, repository } from '../testing/documents.js'
import { PostgresHome } from '../testing/postgres-home.js'
import { PosthornProcess } from '../testing/posthorn-process.js'
import { runInShell } from '../testing/shell.js'

const documents = readDocuments()
const key = 'the-admin-key-of-the-documentation-01234'

let folder: string
let server: PosthornProcess
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-docs-'))
  server = await PosthornProcess.start(['dev'], { folder, env: { POSTHORN_API_KEY: key } })
})
afterAll(async () => {
  await (server as PosthornProcess | undefined)?.kill()
  rmSync(folder, { recursive: true, force: true })
})

/** As the documents say it, but at the server of this test. */
function here(code: string): string {
  return code.replaceAll('http://localhost:4000', server.url)
}

describe('what is to be pasted into a terminal', () => {
  const withLines = documents.filter(({ name, blocks }) => name !== 'docs/bench.md' && blocks.some(({ language }) => language === 'sh'))

  test.each(withLines.map(({ name, blocks }) => ({ name, blocks })))('works in $name from the first line to the last', async ({ blocks }) => {
    const lines = blocks.filter(({ language }) => language === 'sh').map(({ code }) => here(code)).join('\n')
    const { code, output } = await runInShell(lines, { folder, env: { KEY: key } })
    expect(code, output).toBe(0)
  })

  test('the webhooks of README.md arrive at the inspector that it names', async () => {
    const url = /http:\/\/localhost:4000\/inspect\/[0-9a-f]{32}/.exec(documents[0]?.text ?? '')?.[0] as string
    await expect.poll(async () => (await fetch(`${here(url)}/requests`)).json()).toMatchObject({ data: [{ signature: { verified: true } }] })
  })

  test('every inspector that is named has an id that can be one', () => {
    for (const { text } of documents) for (const [, id] of text.matchAll(/\/inspect\/([0-9a-f]{5,})/g)) expect(id).toMatch(/^[0-9a-f]{32}$/)
  })
})

describe('code', () => {
  const snippets = documents.flatMap(({ blocks }) => blocks).filter(({ language }) => language === 'ts').map(({ code }) => code)
  const home = join(dirname(fileURLToPath(import.meta.url)), 'snippets')
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})

  // As a reader would paste them: each a file, compiled with the strictness of the project, and run from what was built.
  beforeAll(() => {
    rmSync(home, { recursive: true, force: true })
    mkdirSync(home, { recursive: true })
    for (const [index, code] of snippets.entries()) writeFileSync(join(home, `snippet-${index}.ts`), here(code))
    const options = { target: 'es2023', lib: ['es2023'], module: 'nodenext', strict: true, noUncheckedIndexedAccess: true, skipLibCheck: true, verbatimModuleSyntax: true, outDir: 'built', rootDir: '.', types: ['node'] }
    writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }))
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
    const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', home], { encoding: 'utf8' })
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 })
  })
  beforeEach(() => { log.mockClear() })
  afterEach(() => { vi.unstubAllEnvs() })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  test('all of it is tested below', () => {
    expect(snippets).toHaveLength(7)
  })

  test('publishes', async () => {
    vi.stubEnv('KEY', key)
    const { publish } = await run<{ publish(organization: string, type: string, data: unknown): Promise<string> }>('function publish')
    expect(await publish('acme', 'order.created', { total: 42 })).toMatch(/^evt_/)
    await expect(publish('nobody', 'order.created', {})).rejects.toThrow('not_found')
  })

  test('receives and verifies', async () => {
    const secret = generateSecret()
    vi.stubEnv('WEBHOOK_SECRET', secret)
    const { receive } = await run<{ receive(request: Request): Promise<Response> }>('function receive')
    const body = '{"type":"order.paid","timestamp":"2026-01-15T12:00:00Z","data":{"total":42}}'
    const headers = await sign('standard', [secret], { id: 'evt_1', timestamp: Math.floor(Date.now() / 1000), body })
    expect((await receive(new Request('https://shop.example.com/webhooks', { method: 'POST', headers, body }))).status).toBe(204)
    expect(log).toHaveBeenCalledWith('evt_1', 'order.paid', { total: 42 })
    expect((await receive(new Request('https://shop.example.com/webhooks', { method: 'POST', headers, body: `${body} ` }))).status).toBe(401)
  })

  test('verifies by hand', async () => {
    const { isFromUs } = await run<{ isFromUs(body: Uint8Array, signature: string, secret: string): boolean }>('function isFromUs')
    const body = new TextEncoder().encode('{"type":"order.paid"}')
    expect(isFromUs(body, createHmac('sha256', 'whsec_x').update(body).digest('hex'), 'whsec_x')).toBe(true)
    expect(isFromUs(body, createHmac('sha256', 'whsec_y').update(body).digest('hex'), 'whsec_x')).toBe(false)
    expect(isFromUs(body, 'no', 'whsec_x')).toBe(false)
  })

  test('is embedded', async () => {
    vi.stubEnv('DATABASE_URL', `sqlite:${folder}/embedded/posthorn.db`)
    const { posthorn } = await run<{ posthorn: Posthorn }>('new Posthorn(')
    try {
      const headers = { authorization: `Bearer ${posthorn.adminKey}`, 'content-type': 'application/json' }
      await posthorn.fetch(new Request('http://localhost/v1/organizations', { method: 'POST', headers, body: '{"id":"acme","name":"Acme"}' }))
      await posthorn.publish({ organizationId: 'acme', type: 'order.created', data: { orderNumber: 'ORD-000001' } })
      await expect.poll(() => log.mock.calls).toEqual([['acme: order.created ORD-000001']])
    } finally {
      await posthorn.stop()
    }
  })

  const postgres = inject('postgres')
  test.skipIf(postgres === null).each(['await pool.connect()', "from 'kysely'", "from 'drizzle-orm'"])('publishes in a transaction (%s), and does not where it is rolled back', async (library) => {
    const home = new PostgresHome(postgres)
    const db = await home.begin(Date.now)
    const pool = new pg.Pool({ connectionString: home.place, max: 1 })
    try {
      // So that a duplicate is found at the commit, when the event has been published.
      await pool.query('create table orders (id int unique deferrable initially deferred)')
      const { placeOrder, connect } = await run<{ connect?(pool: pg.Pool): unknown; placeOrder(posthorn: Posthorn, db: unknown, id: number): Promise<void> }>(library)
      const posthorn = new Posthorn({ database: home.place, encryptionKey: Buffer.alloc(32, 7).toString('base64') })
      const orders = connect?.(pool) ?? pool
      for (const id of [1, 2]) await placeOrder(posthorn, orders, id)
      await expect(placeOrder(posthorn, orders, 1)).rejects.toThrow(/duplicate key|Failed query: commit/)
      await placeOrder(posthorn, orders, 3)
      expect(await db.all(sql`select organization, type, data, key from outbox order by id`)).toEqual([1, 2, 3].map((id) => ({ organization: 'acme', type: 'order.created', data: `{"id":${id}}`, key: expect.stringMatching(/^evt_[0-9a-f]{24}$/) as unknown })))
    } finally {
      await pool.end()
      await home.leave()
    }
  })

  function run<Exports>(text: string): Promise<Exports> {
    const index = snippets.findIndex((code) => code.includes(text))
    expect(index, `no snippet has ${text}`).toBeGreaterThanOrEqual(0)
    return import(pathToFileURL(join(home, `built/snippet-${index}.js`)).href) as Promise<Exports>
  }
})

describe('the pages', () => {
  test('mark every block by what becomes of it: sh, ts and sql are run, the rest is to be read', () => {
    for (const { name, blocks } of documents.filter((document) => document.name !== 'docs/bench.md')) {
      for (const { language, code } of blocks) expect(['sh', 'ts', 'sql', 'js', 'console', 'text', 'json'], `${name}: ${code.slice(0, 80)}`).toContain(language)
    }
  })

  test('link only to what exists', () => {
    for (const { name, text } of documents) {
      for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
        const [path = '', anchor] = target.split('#')
        const file = path === '' ? name : join(dirname(name), path)
        expect(existsSync(join(repository, file)), `${name} links to ${target}`).toBe(true)
        const page = documents.find((document) => document.name === file)
        if (anchor !== undefined && page !== undefined) expect(anchorsOf(page.text), `${name} links to ${target}`).toContain(anchor)
      }
    }
  })
})

/** As GitHub makes them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => title.toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-'))
}
