import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/**
 * Runs lines as somebody would who pastes them into a terminal, one after another; the first that fails ends it. Where
 * the machine has no curl, a small one of our own stands in: the lines are what is tested, and Node is all we ask for.
 */
export async function runInShell(lines: string, { env = {}, folder }: { env?: Record<string, string>; folder: string }): Promise<{ code: number | null; output: string }> {
  const bin = mkdtempSync(join(tmpdir(), 'posthorn-shell-'))
  try {
    const curl = join(bin, 'curl')
    writeFileSync(join(bin, 'curl.mjs'), smallCurl)
    writeFileSync(curl, `#!/bin/sh\nexec "${process.execPath}" "${join(bin, 'curl.mjs')}" "$@"\n`)
    chmodSync(curl, 0o755)

    // A real one comes first. Its -f makes an answer of 400 or more a failure.
    const { PATH = '' } = process.env
    const child = spawn('sh', ['-ec', `curl() { command curl -fsS "$@"; }\n${lines}`], { cwd: folder, env: { PATH: `${PATH}${delimiter}${bin}`, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString() })
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    return { code, output }
  } finally {
    rmSync(bin, { recursive: true, force: true })
  }
}

const smallCurl = `
const [headers, words] = [{}, process.argv.slice(2)]
let method, body, url
for (let word = words.shift(); word !== undefined; word = words.shift()) {
  if (word === '-X') method = words.shift()
  else if (word === '-d') body = words.shift()
  else if (word === '-H') {
    const [, name, value] = /^([^:]+): ?(.*)$/.exec(words.shift())
    headers[name] = value
  } else if (!word.startsWith('-')) url = word
}
const response = await fetch(url, { method: method ?? (body === undefined ? 'GET' : 'POST'), headers, body })
process.stdout.write(await response.text())
if (response.status >= 400) {
  process.stderr.write('The requested URL returned error: ' + response.status + '\\n')
  process.exitCode = 22
}
`
