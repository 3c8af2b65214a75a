import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { createServer, type Server } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PosthornProcess, posthornBin } from '../testing/posthorn-process.js'
import { runInShell } from '../testing/shell.js'
import { Sink } from '../testing/sink.js'
import { version } from '../server/version.js'
import type { AddressInfo } from 'node:net'
import type { ShownRequest } from '../inspector/show-request.js'

let folder: string
let started: PosthornProcess[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-cli-'))
  started = []
})
afterEach(async () => {
  await Promise.all(started.map((server) => server.kill()))
  rmSync(folder, { recursive: true, force: true })
})

describe('posthorn dev on an empty database', () => {
  test('opens with a tour of five organizations, whose webhooks all arrive and verify', async () => {
    const server = await dev()
    const rows = [...server.output.matchAll(/^ {2}(sample-\S+) +(\S+) +(\S+) +(\d+) +(\d+)$/gm)].map(([, ...cells]) => cells.slice(0, 4))
    expect(rows).toEqual([
      ['sample-bare-commerce', 'order.paid', 'bare-commerce', '200'],
      ['sample-bear-billing', 'invoice.paid', 'bear-billing', '200'],
      ['sample-devsphere', 'lead_won', 'devsphere', '200'],
      ['sample-better-data', 'loop.procurement.transitioned', 'better-data', '200'],
      ['sample-commerce-gateway', 'checkout.completed', 'better-data', '200'],
    ])
    const urls = [...server.output.matchAll(/^ {2}sample-\S+ +(http\S+)$/gm)].map(([, url]) => url as string)
    expect(urls).toHaveLength(5)
    for (const url of urls) expect((await arrivedAt(url)).map(({ signature }) => signature?.verified)).toEqual([true])
  })

  test('prints three curl lines that work as they are pasted, and the URL where the event then shows up', async () => {
    const server = await dev()
    const lines = server.output.split('\n').filter((line) => line.startsWith('curl '))
    expect(lines).toHaveLength(3)
    const published = await paste(lines)
    expect(published.id).toMatch(/^evt_/)

    const url = /see it arrive at (\S+)/.exec(server.output)?.[1] as string
    await expect.poll(() => arrivedAt(url)).toMatchObject([{ headers: { 'webhook-id': published.id }, signature: { verified: true, organization: 'my-shop' } }])
  })

  test('shows the admin key once; the second start neither repeats it nor the tour, and has lost nothing', async () => {
    const first = await dev()
    const key = adminKeyOf(first)
    first.signal('SIGTERM')
    expect(await first.ended).toEqual({ code: 0, signal: null })

    const second = await dev()
    expect(second.output).not.toContain('ph_')
    expect(second.output).not.toContain('sample-')
    expect(await organizationsOf(second, key)).toHaveLength(5)
  })

  test('leaves a key that the operator has set to the operator', async () => {
    const key = 'a-key-of-the-operators-own-making-0001'
    const server = await dev({ POSTHORN_API_KEY: key })
    expect(server.output).not.toContain(key)
    expect(server.output).toContain('sample-devsphere')
    expect((await paste(server.output.split('\n').filter((line) => line.startsWith('curl ')), { POSTHORN_API_KEY: key })).id).toMatch(/^evt_/)
  })

  test('that already holds an organization has no tour', async () => {
    const key = 'a-key-of-the-operators-own-making-0002'
    const first = await dev({ POSTHORN_API_KEY: key }, ['--inspector', 'off'])
    await fetch(`${first.url}/v1/organizations`, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: '{"name":"Acme"}' })
    first.signal('SIGTERM')
    await first.ended
    expect((await dev({ POSTHORN_API_KEY: key })).output).not.toContain('sample-')
  })

  test('is healthy, ready and measured', async () => {
    const server = await dev()
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
    expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(/^posthorn_events_accepted_total 5$/m)
  })
})

describe('a signal', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s lets what is in flight finish, settles it, and ends with 0', async (signal) => {
    const sink = await Sink.start()
    sink.answer = (_request, response) => { setTimeout(() => response.end('ok'), 700) }
    const key = 'a-key-of-the-operators-own-making-0003'
    const first = await dev({ POSTHORN_API_KEY: key }, ['--inspector', 'off'])
    await publishTo(sink.url(), first, key)
    await sink.until(1)
    first.signal(signal)
    first.signal(signal) // the same wish, heard twice
    expect(await first.ended).toEqual({ code: 0, signal: null })
    expect(first.output).toContain('Stopped.')

    const second = await dev({ POSTHORN_API_KEY: key }, ['--inspector', 'off'])
    await new Promise((resolve) => { setTimeout(resolve, 500) })
    expect(sink.received).toHaveLength(1)
    await second.kill()
    await sink.stop()
  })

  test('that comes again after a second ends it at once', async () => {
    const sink = await Sink.start()
    sink.answer = () => {}
    const key = 'a-key-of-the-operators-own-making-0004'
    const server = await dev({ POSTHORN_API_KEY: key }, ['--inspector', 'off'])
    await publishTo(sink.url(), server, key)
    await sink.until(1)
    server.signal('SIGINT')
    await new Promise((resolve) => { setTimeout(resolve, 1_100) })
    expect(server.hasEnded).toBe(false)
    server.signal('SIGINT')
    expect(await server.ended).toEqual({ code: 130, signal: null })
    await sink.stop()
  })
})

describe('what cannot be done', () => {
  test('a second process on the same SQLite file ends with 1 and says what to do', async () => {
    const first = await dev()
    const second = posthorn(['dev'])
    expect(second).toMatchObject({ status: 1, stdout: '' })
    expect(second.stderr).toContain('Another Posthorn process has ./posthorn-data/posthorn.db open. Stop it first')
    expect((await fetch(`${first.url}/healthz`)).status).toBe(200)
  })

  test('a port that is taken ends it with 1, and no admin key has been made unseen', async () => {
    const { port, blocker } = await takenPort()
    const refused = posthorn(['dev', '--port', String(port)])
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain(`Port ${port} is taken: another program listens there. Stop it, or choose another port: --port ${port + 1}`)
    expect(refused.stderr).not.toContain('    at ')
    blocker.close()
    expect(adminKeyOf(await dev())).toMatch(/^ph_/)
  })

  test('bad configuration ends it with 1 and tells all mistakes at once', () => {
    writeFileSync(join(folder, 'posthorn.config.json'), '{"deliveryTimeout": "forever", "colour": "red"}')
    const { status, stderr } = posthorn(['serve', '--log', 'nowhere'], { PORT: 'http', POSTHORN_ALOW_SUBNETS: '10.0.0.0/8', POSTHORN_API_KEY: 'short' })
    expect(status).toBe(1)
    for (const mistake of ['PORT: "http" is not a port', '--log: "nowhere"', 'POSTHORN_ALOW_SUBNETS is not a setting. Did you mean POSTHORN_ALLOW_SUBNETS?', 'deliveryTimeout in posthorn.config.json: "forever"', 'colour in posthorn.config.json is not a setting', 'POSTHORN_API_KEY: The key', 'POSTHORN_ENCRYPTION_KEY is missing']) expect(stderr).toContain(mistake)
    expect(stderr).toContain('has 7 mistakes')
    expect(existsSync(join(folder, 'posthorn-data'))).toBe(false)
  })

  test.each([['an unknown command', ['deliver']], ['an unknown flag', ['dev', '--prot', '4000']], ['a word too many', ['dev', 'now']], ['a missing file', ['backup']], ['no command', []], ['an unknown mode', ['config', 'test']]])('%s ends it with 2 and the help', (_name, args) => {
    const { status, stderr, stdout } = posthorn(args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^Usage: posthorn/m)
  })

  test('what was not built yet says how to build it', () => {
    cpSync(join(posthornBin, '..'), join(folder, 'bin'), { recursive: true })
    const { status, stderr } = spawnSync(process.execPath, [join(folder, 'bin/posthorn.js'), 'dev'], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'posthorn: it is not built yet. In the repository, run: npm run build\n' })
  })
})

const isExecutable = 'execve' in process && process.platform !== 'win32'

describe.skipIf(!isExecutable || availableParallelism() >= 8)('a server on a few cores', () => {
  /** The options of Node under which the command was started, and started once more. */
  function startsOf(args: string[], options: string[] = []): string[][] {
    const hook = join(folder, 'print-options.cjs')
    writeFileSync(hook, 'process._rawDebug(JSON.stringify(process.execArgv))')
    const { stderr } = spawnSync(process.execPath, ['--require', hook, ...options, posthornBin, ...args], { encoding: 'utf8' })
    return stderr.trim().split('\n').map((line) => JSON.parse(line) as string[])
  }

  test('leaves half of them to what is not garbage collection', () => {
    const threads = Math.max(1, Math.floor(availableParallelism() / 2))
    for (const command of ['serve', 'dev']) {
      const [first, second, ...more] = startsOf([command, '--help'])
      expect([first, second, more]).toEqual([['--require', expect.any(String)], ['--require', expect.any(String), `--v8-pool-size=${threads}`], []])
    }
  })

  test('keeps the number of threads that it was given, and other commands are too short to need it', () => {
    expect(startsOf(['serve', '--help'], ['--v8-pool-size=3'])).toHaveLength(1)
    expect(startsOf(['config', '--help'])).toHaveLength(1)
  })
})

describe('posthorn', () => {
  test('--version and --help end with 0', () => {
    expect(posthorn(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n` })
    expect(posthorn(['--help']).stdout).toContain('Commands:')
    expect(posthorn(['help', 'dev']).stdout).toContain('--port <number>')
  })

  test('config prints every setting with secrets masked, in the mode that is asked for', () => {
    const { status, stdout } = posthorn(['config', 'serve', '--port', '5000'], { POSTHORN_API_KEY: 'a-key-of-the-operators-own-making-0005', POSTHORN_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64') })
    expect(status).toBe(0)
    expect(stdout).toMatch(/^PORT +5000 +flag$/m)
    expect(stdout).toMatch(/^HOST +0\.0\.0\.0 +default$/m)
    expect(stdout).toMatch(/^POSTHORN_API_KEY +\*{8} +environment$/m)
    expect(stdout).not.toContain('operators-own')
  })

  test('migrate says what ran, and the second time that nothing had to', () => {
    expect(posthorn(['migrate']).stdout).toMatch(/^0001 first-schema\n[^]*posthorn\.db is up to date; .* ran\.\n$/)
    expect(posthorn(['migrate'])).toMatchObject({ status: 0, stdout: './posthorn-data/posthorn.db is up to date.\n' })
  })

  test('backup copies a database in use to a file that a server starts on, and never overwrites one', async () => {
    const server = await dev()
    const key = adminKeyOf(server)
    expect(posthorn(['backup', 'copy/posthorn.db']).status).toBe(1)
    mkdirSync(join(folder, 'copy'))
    expect(posthorn(['backup', 'copy/posthorn.db'])).toMatchObject({ status: 0, stderr: '' })
    expect(posthorn(['backup', 'copy/posthorn.db'])).toMatchObject({ status: 1, stderr: expect.stringContaining('exists already') as unknown })

    cpSync(join(folder, 'posthorn-data/encryption.key'), join(folder, 'copy/encryption.key'))
    const copy = await dev({ DATABASE_URL: 'sqlite:./copy/posthorn.db' })
    expect(copy.output).not.toContain('sample-')
    expect(await organizationsOf(copy, key)).toHaveLength(5)
  })

  test('serve needs an encryption key, refuses plain http and has no inspector', async () => {
    expect(posthorn(['serve']).stderr).toContain('POSTHORN_ENCRYPTION_KEY is missing')
    const server = new PosthornProcess(['serve', '--host', '127.0.0.1'], { folder, env: { POSTHORN_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64') } })
    started.push(server)
    await server.until(() => server.errors.includes('Admin key'))
    const key = /ph_\w+/.exec(server.errors)?.[0] as string
    const post = (path: string, body: object) => fetch(`${server.url}${path}`, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: JSON.stringify(body) })
    expect((await post('/v1/organizations', { id: 'acme', name: 'Acme' })).status).toBe(201)
    expect((await post('/v1/organizations/acme/endpoints', { url: 'http://example.com/hook' })).status).toBe(422)
    expect((await post('/inspect', {})).status).toBe(404)
    server.signal('SIGTERM')
    expect((await server.ended).code).toBe(0)
    // Its stdout is the log's alone.
    for (const line of server.output.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('event')
  })

  test.runIf(process.platform === 'linux')('is one process: a signal to the command reaches the server', async () => {
    const server = await dev()
    const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').trim()
    expect(children).toBe('')
    expect(readFileSync(`/proc/${server.pid}/cmdline`, 'utf8')).toContain('posthorn.js\0dev')
  })
})

async function dev(env: Record<string, string> = {}, args: readonly string[] = []): Promise<PosthornProcess> {
  const server = await PosthornProcess.start(['dev', ...args], { folder, env })
  started.push(server)
  return server
}

function posthorn(args: readonly string[], env: Record<string, string> = {}) {
  const { PATH = '' } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, [posthornBin, ...args], { cwd: folder, env: { PATH, PORT: '0', ...env }, encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** Pastes lines into a terminal and gives what the last of them answered. */
async function paste(lines: readonly string[], env: Record<string, string> = {}): Promise<{ id: string }> {
  const { code, output } = await runInShell(lines.join('\necho\n'), { folder, env })
  expect(code, output).toBe(0)
  return JSON.parse(output.split('\n').at(-1) as string) as { id: string }
}

function adminKeyOf(server: PosthornProcess): string {
  return /Admin key, shown this once: (ph_\w{43})\n/.exec(server.output)?.[1] as string
}

async function organizationsOf(server: PosthornProcess, key: string): Promise<unknown[]> {
  const response = await fetch(`${server.url}/v1/organizations`, { headers: { authorization: `Bearer ${key}` } })
  return ((await response.json()) as { data: unknown[] }).data
}

async function arrivedAt(inspectorUrl: string): Promise<ShownRequest[]> {
  return ((await (await fetch(`${inspectorUrl}/requests`)).json()) as { data: ShownRequest[] }).data
}

async function publishTo(url: string, server: PosthornProcess, key: string): Promise<void> {
  const post = (path: string, body: object) => fetch(`${server.url}/v1/organizations${path}`, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: JSON.stringify(body) })
  await post('', { id: 'acme', name: 'Acme' })
  await post('/acme/endpoints', { url })
  expect((await post('/acme/events', { type: 'order.created', data: {} })).status).toBe(202)
}

async function takenPort(): Promise<{ port: number; blocker: Server }> {
  const blocker = createServer()
  await new Promise<void>((resolve) => { blocker.listen(0, '127.0.0.1', resolve) })
  return { port: (blocker.address() as AddressInfo).port, blocker }
}
