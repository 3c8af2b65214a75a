import { useMemo, useState } from 'react'

/** What somebody else wrote, always as text: nothing of it is markup, a link, or read again. Invisible characters are made visible. */
export function Payload({ text, label }: { text: string; label: string }) {
  const [length, setLength] = useState(shownAtFirst)
  const shown = text.slice(0, length)
  const rest = text.length - shown.length
  const pieces = useMemo(() => piecesOf(visible(shown)), [shown])
  return (
    <div>
      <pre className="payload" tabIndex={0} role="group" aria-label={label}>{pieces.map((piece, index) => <span key={index}>{piece}</span>)}</pre>
      {rest > 0 && <button type="button" className="link mt-1" onClick={() => setLength(length + shownMore)}>{rest <= shownMore ? `Show all ${text.length.toLocaleString()} characters` : `Show ${shownMore.toLocaleString()} more of ${text.length.toLocaleString()} characters`}</button>}
    </div>
  )
}

/** The same of what is JSON as a rule: its parts in lines of their own. What is none stays as it is. */
export function JsonPayload({ text, label }: { text: string; label: string }) {
  return <Payload text={useMemo(() => indentJson(text), [text])} label={label} />
}

/** Blocks of which the browser lays out only those in sight: broken where a line ends, or in the middle of an endless one. */
function piecesOf(text: string): string[] {
  const pieces: string[] = []
  for (let from = 0; from < text.length;) {
    const lineEnd = text.lastIndexOf('\n', from + pieceLength - 1)
    const cut = from + pieceLength
    // Two halves of one character stay together.
    const to = lineEnd >= from ? lineEnd + 1 : /[\uD800-\uDBFF]/.test(text[cut - 1] ?? '') ? cut - 1 : cut
    pieces.push(text.slice(from, to))
    from = to
  }
  return pieces
}

/** JSON with line breaks between its parts, its numbers and strings untouched; what is no JSON stays as it is. */
function indentJson(text: string): string {
  if (text.length > 1_500_000) return text
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

// A browser takes so much in a moment; a megabyte in one block would freeze the page.
const pieceLength = 4_000
const shownAtFirst = 20_000
const shownMore = 200_000
