import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { handlerProblems } from './receive/answer.js'
import { schemeNames } from './scheme-name.js'
import { createSigner, signingSchemes } from './signer.js'
import { refusalCodes } from './verdict.js'

const home = join(dirname(fileURLToPath(import.meta.url)), '..')
const readme = readFileSync(join(home, 'README.md'), 'utf8')
const snippets = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!)
const folder = join(home, 'dist', 'readme-snippets')
const built = join(folder, 'built')

/** The snippets as a reader would paste them: each a file, compiled with the strictness of the project, run from what was built. */
beforeAll(() => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  snippets.forEach((code, index) => writeFileSync(join(folder, `snippet-${index}.ts`), code))
  const options = { target: 'es2023', lib: ['es2023'], module: 'nodenext', strict: true, noUncheckedIndexedAccess: true, skipLibCheck: true, verbatimModuleSyntax: true, outDir: 'built', rootDir: '.', types: ['node'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }))
  const require = createRequire(import.meta.url)
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc')
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The snippet that holds this text. */
const run = (text: string) => {
  const index = snippets.findIndex((code) => code.includes(text))
  expect(index, `no snippet holds ${text}`).toBeGreaterThanOrEqual(0)
  return import(pathToFileURL(join(built, `snippet-${index}.js`)).href) as Promise<Record<string, never>>
}
const signed = (scheme: keyof typeof signingSchemes, secret: string, event: object) => {
  const body = JSON.stringify(event)
  return new Request('https://shop.example.com/api/webhooks', { method: 'POST', body, headers: createSigner(scheme, [secret])({ id: 'evt_1', timestamp: Math.floor(Date.now() / 1000), body }) })
}

describe('the snippets of the README', () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})

  test('Next', async () => {
    vi.stubEnv('WEBHOOK_SECRET', 'whsec_readme')
    const { POST } = await run('nextWebhook({') as unknown as { POST(request: Request): Promise<Response> }
    expect((await POST(signed('bare-commerce', 'whsec_readme', { id: 'evt_1', type: 'order.paid', data: { orderNumber: 'ORD-000001', total: '99.99' } }))).status).toBe(200)
    expect(log).toHaveBeenCalledWith('ORD-000001', '99.99')
  })

  test('Express', async () => {
    expect(await run('expressWebhook({')).toHaveProperty('app')
  })

  test('the Commerce Gateway on Hono', async () => {
    vi.stubEnv('BETTERDATA_WEBHOOK_SECRET', 'better secret')
    const { app } = await run('createWebhookHandler({') as unknown as { app: { fetch(request: Request): Promise<Response> } }
    expect((await app.fetch(signed('better-data', 'better secret', { id: 'evt_1', type: 'checkout.completed', data: { sessionId: 's1', orderId: 'o1' } }))).status).toBe(200)
    expect(log).toHaveBeenCalledWith('s1', 'o1')
  })

  test('a duplicate store', async () => {
    expect(await run('DuplicateStore = {')).toHaveProperty('store')
  })

  test('schemas', async () => {
    const secret = `whsec_${Buffer.from('k'.repeat(32)).toString('base64')}`
    vi.stubEnv('WEBHOOK_SECRET', secret)
    const worker = (await run('z.object({'))['default'] as unknown as { fetch(request: Request): Promise<Response> }
    expect((await worker.fetch(signed('standard', secret, { type: 'contact.created', data: { id: 'c1', age: 42 } }))).status).toBe(200)
    expect(log).toHaveBeenCalledWith(42)
  })

  test('verify', async () => {
    vi.stubEnv('GITHUB_WEBHOOK_SECRET', 'hub')
    const { receive } = await run('await verify(\n') as unknown as { receive(request: Request): Promise<Response> }
    expect((await receive(signed('github', 'hub', {}))).status).toBe(200)
    expect((await receive(signed('github', 'other', {}))).status).toBe(401)
  })

  test('sign, anywhere and on Node', async () => {
    expect(await run("await sign('standard'")).toMatchObject({ secret: expect.stringMatching(/^whsec_/), headers: { 'webhook-signature': expect.stringMatching(/^v1,/) } })
    expect(await run('= createSigner(')).toMatchObject({ headers: { 'X-Webhook-Signature': expect.stringMatching(/^[0-9a-f]{64}$/) } })
  })

  test('a scheme of one\'s own', async () => {
    expect(await run('const acme')).toMatchObject({ verdict: { ok: true, dedupeId: 'evt_1', type: 'order.paid' } })
  })

  test('there is none that is not run above', () => {
    expect(snippets).toHaveLength(9)
  })
})

test('every code has its entry, and every entry its code', () => {
  const entries = readme.slice(readme.indexOf('## Codes')).split('\n').filter((line) => line.startsWith('| `')).flatMap((line) => [...line.split(' | ')[0]!.matchAll(/`(\w+)`/g)].map(([, code]) => code!))
  const thrown = ['signer.js', 'sign.js', 'secrets.js'].flatMap((file) => [...readFileSync(join(home, 'dist', file), 'utf8').matchAll(/new WebhookError\('(\w+)'/g)].map(([, code]) => code!))
  expect(new Set(entries)).toEqual(new Set([...refusalCodes, ...handlerProblems, ...thrown]))
})

test('the README names every scheme', () => {
  for (const name of [...schemeNames, ...Object.keys(signingSchemes)]) expect(readme).toContain(`\`${name}\``)
})
