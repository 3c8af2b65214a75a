import { useState } from 'react'

/** What somebody else wrote, always as text: nothing of it is markup, a link, or read again. Invisible characters are made visible. */
export function Payload({ text, label }: { text: string; label: string }) {
  const [isWhole, setIsWhole] = useState(false)
  const shown = isWhole ? text : text.slice(0, shownCharacters)
  return (
    <div>
      <pre className="payload" tabIndex={0} role="group" aria-label={label}>{visible(shown)}</pre>
      {shown.length < text.length && <button type="button" className="mt-1 text-accent underline underline-offset-2" onClick={() => setIsWhole(true)}>Show all {text.length.toLocaleString()} characters</button>}
    </div>
  )
}

/** JSON with line breaks between its parts, its numbers and strings untouched; what is no JSON stays as it is. */
export function indentJson(text: string): string {
  if (text.length > 200_000) return text
  try {
    JSON.parse(text)
  } catch {
    return text
  }
  let depth = 0
  return text.replace(/"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+|\s+/g, (token, offset: number) => {
    if (/^\s/.test(token)) return ''
    if (token === ',') return `,\n${'  '.repeat(depth)}`
    if (token === ':') return ': '
    if (token === '{' || token === '[') {
      const isEmpty = /^\s*[}\]]/.test(text.slice(offset + 1, offset + 200))
      depth++
      return isEmpty ? token : `${token}\n${'  '.repeat(depth)}`
    }
    if (token === '}' || token === ']') {
      depth--
      return /[{[]\s*$/.test(text.slice(Math.max(0, offset - 200), offset)) ? token : `\n${'  '.repeat(depth)}${token}`
    }
    return token
  })
}

/** Characters that turn the direction of text or cannot be seen would let a payload look like another one. */
function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, (character) => `⟨U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}⟩`)
}

const shownCharacters = 20_000
