import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolder } from './make-folder.js'

test('a folder is made with those above it, and again without harm', () => {
  const home = mkdtempSync(join(tmpdir(), 'posthorn-folder-'))
  for (let n = 0; n < 2; n++) makeFolder(join(home, 'one', 'two'))
  expect(existsSync(join(home, 'one', 'two'))).toBe(true)
  rmSync(home, { recursive: true })
})

test('a process whose working folder was removed ends instead of trying for ever', () => {
  const gone = mkdtempSync(join(tmpdir(), 'posthorn-gone-'))
  const script = `
    import { rmSync } from 'node:fs'
    import { makeFolder } from ${JSON.stringify(new URL('make-folder.js', import.meta.url).href)}
    rmSync(process.cwd(), { recursive: true })
    makeFolder('./data')`
  const { status, signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: gone, timeout: 10_000 })
  expect({ status, signal }).toEqual({ status: 0, signal: null })
  rmSync(gone, { recursive: true, force: true })
})
