import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from './cli.js'
import { startServer, type RunningServer } from '../server/start-server.js'
import { loadSettings } from './load-settings.js'

const secret = 'whsec_of_this_test'
const body = '{"id": "evt_1", "type": "invoice.paid", "n": 1.0}'
const signedAt = 1_736_761_200

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'posthorn-verify-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Nothing of this test lies outside its folder. */
const database = () => ({ DATABASE_URL: `sqlite:${join(folder, 'posthorn.db')}` })

async function posthorn(args: string[], env: Record<string, string> = {}): Promise<{ code: number; output: string; errors: string }> {
  const [output, errors]: [string[], string[]] = [[], []]
  const code = await runCli(args, { env: { ...database(), ...env }, folder, terminal: { print: (line) => output.push(line), error: (line) => errors.push(line), hasColor: false }, onSignal: () => {}, exitNow: () => {} })
  return { code, output: output.join('\n'), errors: errors.join('\n') }
}

function saved(name: string, content: string | object): string {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const signature = (text = body) => `t=${signedAt},v1=${createHmac('sha256', secret).update(`${signedAt}.${text}`).digest('hex')}`
const request = (changed: object = {}) => ({ method: 'POST', url: '/webhooks/stripe', headers: { 'Stripe-Signature': signature() }, body, ...changed })
const asStripe = ['--provider', 'stripe', '--at', String(signedAt)]

describe('posthorn verify', () => {
  test('a genuine request: 0, and what it is', async () => {
    expect(await posthorn(['verify', saved('good.json', request()), ...asStripe, '--secret', secret])).toEqual({ code: 0, output: 'Valid: stripe signed this (type invoice.paid, id evt_1).', errors: '' })
  })

  test('as it went over the wire, with either line ending', async () => {
    for (const end of ['\r\n', '\n']) {
      const wire = [`POST /webhooks/stripe HTTP/1.1`, 'Host: x', `Stripe-Signature: ${signature()}`, '', body].join(end)
      expect((await posthorn(['verify', saved('good.txt', wire), ...asStripe, '--secret', secret])).code).toBe(0)
    }
  })

  test('the secret from a file, or from the setting', async () => {
    const file = saved('good.json', request())
    expect((await posthorn(['verify', file, ...asStripe, '--secret-file', saved('secret', `${secret}\n`)])).code).toBe(0)
    expect((await posthorn(['verify', file, ...asStripe], { STRIPE_WEBHOOK_SECRET: secret })).code).toBe(0)
  })

  test.each([
    ['another secret', request(), ['--secret', 'whsec_other'], 'signature_mismatch'],
    ['a changed body', request({ body: body.replace('1.0', '1') }), ['--secret', secret], 'signature_mismatch'],
    ['no signature', request({ headers: {} }), ['--secret', secret], 'missing_header'],
    ['too late', request(), ['--secret', secret, '--at', '2026-01-01T00:00:00Z'], 'timestamp_too_old'],
    ['no secret at all', request(), [], 'secret_missing'],
  ])('%s: 1, and why', async (_, content, args, code) => {
    const answer = await posthorn(['verify', saved('bad.json', content), ...asStripe, ...args])
    expect(answer.code).toBe(1)
    expect(answer.output).toMatch(new RegExp(`^Not valid \\(${code}\\): .{20,}`))
  })

  test.each([
    ['nothing to verify', []],
    ['two things to verify', ['x.json', '--receipt', 'rcp_00000000001']],
    ['a file that is not there', ['nowhere.json', '--secret', 'x']],
    ['an unknown provider', ['GOOD', '--provider', 'nobody', '--secret', 'x']],
    ['no provider', ['GOOD', '--secret', 'x']],
    ['no request', ['NONE', '--provider', 'stripe', '--secret', 'x']],
    ['no instant', ['GOOD', '--provider', 'stripe', '--secret', 'x', '--at', 'yesterday']],
    ['an unknown flag', ['GOOD', '--colour', 'red']],
    ['no receipt of that name', ['--receipt', 'nonsense']],
    ['no database', ['--receipt', 'rcp_00000000001']],
  ])('%s: 2, and what to do', async (_, args) => {
    const [good, none] = [saved('good.json', request()), saved('none.txt', 'hello')]
    const answer = await posthorn(['verify', ...args.map((arg) => arg === 'GOOD' ? good : arg === 'NONE' ? none : arg)])
    expect(answer.code).toBe(2)
    expect(answer.errors).not.toBe('')
  })

  describe('a receipt, beside the running server', () => {
    let server: RunningServer
    const env = { STRIPE_WEBHOOK_SECRET: 'whsec_mistyped', POSTHORN_API_KEY: 'the-admin-key-of-this-test-0123456789', PORT: '0', POSTHORN_LOG: 'off' }
    beforeAll(async () => { server = await startServer(await loadSettings('dev', {}, { env: { ...database(), ...env }, folder })) })
    afterAll(() => server.stop())

    test('tells why it was refused, and which secret would have been right', async () => {
      const now = Math.floor(Date.now() / 1000)
      const headers = { 'stripe-signature': `t=${now},v1=${createHmac('sha256', secret).update(`${now}.${body}`).digest('hex')}` }
      expect((await fetch(`http://127.0.0.1:${server.port}/webhooks/stripe`, { method: 'POST', headers, body })).status).toBe(400)
      const listed = await fetch(`http://127.0.0.1:${server.port}/v1/receipts`, { headers: { authorization: `Bearer ${env.POSTHORN_API_KEY}` } })
      const { data: [receipt] } = await listed.json() as { data: [{ id: string }] }

      expect(await posthorn(['verify', '--receipt', receipt.id], env)).toMatchObject({ code: 1, output: expect.stringContaining('signature_mismatch') as string })
      expect(await posthorn(['verify', '--receipt', receipt.id, '--secret', secret], env)).toMatchObject({ code: 0 })
      expect(await posthorn(['verify', '--receipt', 'rcp_00000009999'], env)).toMatchObject({ code: 2 })
    })
  })
})
