import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLog } from './log.js'
import type { AttemptLine, LogLevel } from './log.js'

describe('the log', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'posthorn-log-'))
    path = join(folder, 'logs', 'posthorn.log')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const open = (level?: LogLevel) => openLog({ destination: { kind: 'file', path }, level })
  const lines = () => readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)

  test('has one JSON line per happening, with level, time and event', async () => {
    const before = Date.now()
    const log = open()
    log.info('server.started', { port: 4000 })
    log.warn('endpoint.disabled', { endpoint: 'ep_1', reason: 'line one\nline two' })
    await log.close()
    expect(lines()).toEqual([
      { level: 'info', time: expect.any(Number), event: 'server.started', port: 4000 },
      { level: 'warn', time: expect.any(Number), event: 'endpoint.disabled', endpoint: 'ep_1', reason: 'line one\nline two' },
    ])
    expect(lines()[0]!['time']).toBeGreaterThanOrEqual(before)
  })

  test('tells an attempt in one flat line, without what it does not have', async () => {
    const log = open()
    log.attempt(attempt)
    log.attempt({ ...attempt, number: 2, status: undefined, errorClass: 'timeout', state: 'retrying' })
    await log.close()
    expect(lines()).toEqual([
      { level: 'info', time: expect.any(Number), event: 'attempt', organization: 'acme', endpoint: 'ep_1', delivery: 'dlv_1', eventId: 'evt_1', type: 'order.created', number: 1, status: 200, durationMs: 12, state: 'succeeded' },
      { level: 'info', time: expect.any(Number), event: 'attempt', organization: 'acme', endpoint: 'ep_1', delivery: 'dlv_1', eventId: 'evt_1', type: 'order.created', number: 2, errorClass: 'timeout', durationMs: 12, state: 'retrying' },
    ])
  })

  test('writes nothing of an attempt but the fields it knows, whatever is handed over', async () => {
    const log = open()
    const withMore = { ...attempt, secret: 'hush', headers: { authorization: 'hush' } }
    log.attempt(withMore)
    await log.close()
    expect(readFileSync(path, 'utf8')).not.toContain('hush')
  })

  test('never holds a secret, be it in a field, in a text or in an error', async () => {
    const log = open('debug')
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    log.debug('endpoint.created', { secret, headers: { Authorization: 'Bearer hush-hush-hush' } })
    log.error('delivery.failed', { error: new Error(`cannot sign with ${secret}`, { cause: new Error('postgres://app:hush@db/app is away') }) })
    log.info('started', { environment: { POSTHORN_API_KEY: 'hush' } })
    await log.close()
    const text = readFileSync(path, 'utf8')
    expect(text).not.toContain('hush')
    expect(text).not.toContain('MfKQ9r8GKY')
    expect(lines()).toHaveLength(3)
  })

  test('leaves out what is below its level, attempts too', async () => {
    const log = open('warn')
    log.debug('a')
    log.info('b')
    log.attempt(attempt)
    log.warn('c')
    log.error('d')
    await log.close()
    expect(lines().map(({ event }) => event)).toEqual(['c', 'd'])
  })

  test('goes on where the last start ended', async () => {
    for (const event of ['first', 'second']) {
      const log = open()
      log.info(event)
      await log.close()
    }
    expect(lines().map(({ event }) => event)).toEqual(['first', 'second'])
  })

  test('that is off writes nothing and makes no file', async () => {
    const log = openLog({ destination: { kind: 'off' } })
    log.error('unheard')
    log.attempt(attempt)
    await log.close()
    expect(existsSync(path)).toBe(false)
  })

  test('that cannot be opened says which setting to change', () => {
    expect(() => openLog({ destination: { kind: 'file', path: folder } })).toThrow(/cannot be opened.*POSTHORN_LOG/)
  })
})

const attempt: AttemptLine = { organization: 'acme', endpoint: 'ep_1', delivery: 'dlv_1', eventId: 'evt_1', type: 'order.created', number: 1, status: 200, durationMs: 12, state: 'succeeded' }
