import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { asCurl } from './curl.js'

test('a shell hands curl the very bytes and headers of the attempt, whatever stands in them', () => {
  const body = `{"name":"O'Hara","price":"$5 \`whoami\` \\\\ \\u0000","text":"two\nlines"}`
  const command = asCurl({ url: "https://shop.example/a?b='c'", requestHeaders: { 'webhook-id': 'evt_1', 'X-Odd': '"$HOME" !' } }, body)
  const told = execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }\n${command}`]).toString().split('\0').slice(0, -1)
  expect(told).toEqual(['-X', 'POST', "https://shop.example/a?b='c'", '-H', 'webhook-id: evt_1', '-H', 'X-Odd: "$HOME" !', '--data-binary', body])
})
