/** A piece of JSON text and what it is; `space` is what was put in to make it readable. */
export interface JsonPiece { kind: 'name' | 'string' | 'number' | 'word' | 'sign' | 'space'; text: string }

/**
 * Lays JSON out over lines. Works on the text and never on values, so that every number and escape is shown exactly as
 * it arrived. Undefined for what is not JSON.
 */
export function prettyJson(text: string): JsonPiece[] | undefined {
  try {
    JSON.parse(text)
  } catch {
    return undefined
  }
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? []
  const pieces: JsonPiece[] = []
  let depth = 0
  const newLine = () => pieces.push({ kind: 'space', text: `\n${'  '.repeat(Math.min(depth, deepestIndent))}` })

  for (const [index, token] of tokens.entries()) {
    const isClosing = token === '}' || token === ']'
    const isEmpty = isClosing && (tokens[index - 1] === '{' || tokens[index - 1] === '[')
    if (isClosing) depth--
    if (isClosing && !isEmpty) newLine()

    pieces.push({ kind: kindOf(token, tokens[index + 1]), text: token })

    if (token === ':') pieces.push({ kind: 'space', text: ' ' })
    if (token === '{' || token === '[') {
      depth++
      if (tokens[index + 1] !== '}' && tokens[index + 1] !== ']') newLine()
    }
    if (token === ',') newLine()
  }
  return pieces
}

/** Beyond this, more indent only pushes the text off the page. */
const deepestIndent = 40

function kindOf(token: string, next: string | undefined): JsonPiece['kind'] {
  if (token.startsWith('"')) return next === ':' ? 'name' : 'string'
  if (/^[{}[\],:]$/.test(token)) return 'sign'
  return /^[-\d]/.test(token) ? 'number' : 'word'
}
