import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keepEncryptionKey, parseEncryptionKey } from './encryption-key.js'

describe('an encryption key', () => {
  const bytes = Uint8Array.from({ length: 32 }, (_, index) => index * 7)

  test('is 32 bytes in base64 or base64url, with or without padding and a line end', () => {
    const base64 = Buffer.from(bytes).toString('base64')
    for (const text of [base64, base64.replace('=', ''), Buffer.from(bytes).toString('base64url'), `${base64}\n`]) {
      expect(parseEncryptionKey(text)).toEqual({ ok: true, key: bytes })
    }
  })

  test('of another length is refused with both lengths and a command that makes a right one', () => {
    expect(parseEncryptionKey(Buffer.alloc(16, 'ab').toString('base64'))).toEqual({ ok: false, wrong: 'holds 16 bytes and must hold 32; make one with `openssl rand -base64 32`' })
  })

  test('that is not base64 is refused without being repeated', () => {
    const parsed = parseEncryptionKey('correct horse battery staple')
    expect(parsed).toMatchObject({ ok: false, wrong: expect.stringContaining('is not base64') })
    expect(JSON.stringify(parsed)).not.toContain('horse')
  })
})

describe('the encryption key of a data folder', () => {
  let folder: string
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'posthorn-key-')) })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  test('is made once, the folder too, and found again at the next start', async () => {
    const data = join(folder, 'new', 'posthorn-data')
    const first = await keepEncryptionKey(data)
    expect(first).toHaveLength(32)
    expect(await keepEncryptionKey(data)).toEqual(first)
    expect(await readdir(data)).toEqual(['encryption.key'])
  })

  test.skipIf(process.platform === 'win32')('is readable by its owner only', async () => {
    await keepEncryptionKey(folder)
    expect((await stat(join(folder, 'encryption.key'))).mode & 0o777).toBe(0o600)
  })

  test('is the same for twenty starts at once, and nothing else is left behind', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => keepEncryptionKey(folder)))
    expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1)
    expect(await readdir(folder)).toEqual(['encryption.key'])
  })

  test('is the same for several processes that start at once', async () => {
    const file = JSON.stringify(fileURLToPath(new URL('encryption-key.js', import.meta.url)))
    const script = `import { keepEncryptionKey } from ${file}; console.log(Buffer.from(await keepEncryptionKey(${JSON.stringify(folder)})).toString('hex'))`
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    const printed = await Promise.all([run(), run(), run(), run()])
    expect(new Set(printed.map(({ stdout }) => stdout.trim())).size).toBe(1)
  })

  test('is never replaced when it is damaged, because the secrets under it would be lost', async () => {
    await writeFile(join(folder, 'encryption.key'), 'c2hvcnQ=\n')
    await expect(keepEncryptionKey(folder)).rejects.toThrow(/encryption\.key holds 5 bytes .* Put the old key back/)
    expect(await readFile(join(folder, 'encryption.key'), 'utf8')).toBe('c2hvcnQ=\n')
  })
})
