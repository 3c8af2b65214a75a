import type { Attempt } from '@posthorn/client'

/** The attempt as a command that sends the same bytes under the same headers. */
export function asCurl({ url, requestHeaders }: Pick<Attempt, 'url' | 'requestHeaders'>, body: string): string {
  const headers = Object.entries(requestHeaders).map(([name, value]) => `  -H ${quoted(`${name}: ${value}`)} \\\n`)
  return `curl -X POST ${quoted(url)} \\\n${headers.join('')}  --data-binary ${quoted(body)}`
}

/** For a POSIX shell: nothing has a meaning between single quotes but the closing one. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
