import { execFileSync, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LineWriter } from './line-writer.js'

describe('writing lines', () => {
  let folder: string
  let path: string
  let fd: number
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'posthorn-lines-'))
    path = join(folder, 'lines.log')
    fd = openSync(path, 'a')
  })
  afterEach(() => {
    closeSync(fd)
    rmSync(folder, { recursive: true, force: true })
  })
  const written = () => readFileSync(path, 'utf8')

  test('keeps every line, whole and in order', async () => {
    const writer = new LineWriter(fd)
    const lines = Array.from({ length: 50_000 }, (_, number) => `line ${number} ä\n`)
    for (const [number, line] of lines.entries()) {
      writer.write(line)
      if (number % 7_000 === 0) await pause(1)
    }
    await writer.close()
    expect(written()).toBe(lines.join(''))
  })

  test('lets no line wait longer than the wait that was set', async () => {
    const writer = new LineWriter(fd, { maxWaitMs: 10 })
    writer.write('soon\n')
    await expect.poll(written, { timeout: 2_000 }).toBe('soon\n')
    await writer.close()
  })

  test('is done with every line so far when a flush is', async () => {
    const writer = new LineWriter(fd, { maxWaitMs: 60_000 })
    writer.write('one\n')
    const first = writer.flush()
    writer.write('two\n')
    await Promise.all([first, writer.flush()])
    expect(written()).toBe('one\ntwo\n')
    await writer.close()
  })

  test('takes no line after it is closed', async () => {
    const writer = new LineWriter(fd)
    await writer.close()
    writer.write('late\n')
    await writer.flush()
    expect(written()).toBe('')
  })

  test.each([
    ['returns', ''],
    ['calls process.exit', 'process.exit(0)'],
    ['dies of an uncaught error', 'setTimeout(() => { throw new Error("a bug") }, 5)'],
  ])('keeps every line of a process that %s', (_, ending) => {
    const count = 20_000
    runModule(`for (let i = 0; i < ${count}; i++) writer.write('line ' + i + '\\n'); ${ending}`)
    const lines = written().trimEnd().split('\n')
    expect(lines).toHaveLength(count)
    expect(lines.at(-1)).toBe(`line ${count - 1}`)
  })

  test('ends quietly when the reader of its pipe has gone', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', moduleText(1, `
      setInterval(() => writer.write('x'.repeat(1000) + '\\n'), 1)
      setTimeout(() => process.exit(7), 300)`)], { stdio: ['ignore', 'pipe', 'inherit'] })
    child.stdout.once('data', () => child.stdout.destroy())
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(7)
  })

  test('keeps memory bounded when nobody reads, ends in time, and tells how much was left out once somebody does', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', moduleText(1, `
      for (let i = 0; i < 5_000; i++) { writer.write('x'.repeat(999) + '\\n'); if (i % 100 === 0) await new Promise(setImmediate) }
      process.on('SIGUSR2', async () => { await writer.close(1_000); process.exitCode = 0; clearInterval(stay) })
      const stay = setInterval(() => {}, 1_000)
      process.send('full')`, '{ maxPendingChars: 200_000 }')], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
    await new Promise((resolve) => child.once('message', resolve))
    let text = ''
    child.stdout!.setEncoding('utf8').on('data', (part) => { text += part })
    await expect.poll(() => text, { timeout: 5_000 }).toMatch(/"event":"log.dropped","lines":\d+/)
    child.kill('SIGUSR2')
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
    const lines = text.trimEnd().split('\n')
    const dropped = lines.flatMap((line) => line.startsWith('{') ? [JSON.parse(line).lines as number] : []).reduce((sum, count) => sum + count, 0)
    expect(lines.filter((line) => line.startsWith('x')).length + dropped).toBe(5_000)
  })

  test('tells of a disk that takes nothing once, not once per piece', async () => {
    const readOnly = openSync(path, 'r')
    const faults: Error[] = []
    const writer = new LineWriter(readOnly, { onFault: (fault) => faults.push(fault), maxWaitMs: 1 })
    for (let round = 0; round < 5; round++) {
      for (let line = 0; line < 100; line++) writer.write(`${'x'.repeat(999)}\n`)
      await pause(10)
    }
    expect(await writer.close(50)).toBe(true)
    expect(faults).toEqual([expect.objectContaining({ code: 'EBADF' })])
    closeSync(readOnly)
  })

  function runModule(body: string): void {
    try {
      execFileSync(process.execPath, ['--input-type=module', '-e', moduleText(`openSync(${JSON.stringify(path)}, 'a')`, body)], { stdio: 'pipe' })
    } catch (error) {
      if (!String(error).includes('a bug')) throw error
    }
  }

  function moduleText(descriptor: number | string, body: string, options = '{}'): string {
    const file = JSON.stringify(fileURLToPath(new URL('line-writer.js', import.meta.url)))
    return `import { openSync } from 'node:fs'; import { LineWriter } from ${file}; const writer = new LineWriter(${descriptor}, ${options}); ${body}`
  }
})
