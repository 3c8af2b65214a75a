import { parseExactJson } from './exact-json.js'
import type { SecretEncoding } from './schemes/signing-scheme.js'

/** Mistakes people make with secrets, each with what to do about it. Only tried after a request was refused. */
export function likelySecrets(secrets: readonly string[], encoding: SecretEncoding): { secret: string; encoding: SecretEncoding; reason: string }[] {
  return secrets.flatMap((secret) => {
    const bare = secret.trim().replace(/^(["'])(.*)\1$/, '$2')
    const guesses: { secret: string; encoding: SecretEncoding; reason: string }[] = []
    if (bare !== secret) guesses.push({ secret: bare, encoding, reason: 'The secret fits once the white space or quotation marks around it are removed. Fix it where it is configured.' })
    if (bare.startsWith('whsec_')) {
      const rest = bare.slice('whsec_'.length)
      if (encoding === 'utf8') guesses.push({ secret: rest, encoding: 'utf8', reason: 'The secret fits without its "whsec_" prefix: this sender leaves it out of the key.' })
      else guesses.push({ secret: bare, encoding: 'utf8', reason: 'The secret fits when the whole text is the key. Set secretEncoding to "utf8".' })
    }
    if (encoding === 'utf8') guesses.push({ secret: bare, encoding: 'whsec-base64', reason: 'The secret fits when it is decoded from base64, as Standard Webhooks does. Is the scheme the right one?' })
    else guesses.push({ secret: bare, encoding: 'utf8', reason: 'The secret fits when its text is the key, not decoded. Set secretEncoding to "utf8".' })
    return guesses
  })
}

const parserRan = 'The body was changed on its way here: it fits after re-serializing, so a JSON parser ran first. Read the raw bytes before any body parser and pass those.'
const textChanged = 'The body was changed on its way here: it fits once white space or line ends are restored. Pass the raw bytes, not text that was read and edited.'

/** What the body may have been before something parsed it or touched its white space. */
export function likelyBodies(text: string): { body: string; reason: string }[] {
  // Beyond this size the answer is not worth the work that a stranger could make us do.
  if (text.length > 32_768) return []
  const bodies = new Map<string, string>()
  const guess = (body: string, reason: string) => {
    if (body !== text && !bodies.has(body)) bodies.set(body, reason)
  }

  const trimmed = text.trim()
  for (const edited of [trimmed, `${trimmed}\n`, `${trimmed}\r\n`, text.replaceAll('\r\n', '\n'), text.replace(/\r?\n/g, '\r\n')]) guess(edited, textChanged)
  for (const written of rewritings(parseExactJson(text))) {
    guess(written, parserRan)
    guess(`${written}\n`, parserRan)
  }
  return [...bodies].map(([body, reason]) => ({ body, reason }))
}

/** How other languages and settings write the same JSON. */
function rewritings(json: unknown): string[] {
  if (typeof json !== 'object' || json === null) return []
  try {
    const compact = JSON.stringify(json)
    const escape = (pattern: RegExp) => (text: string) => text.replace(pattern, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    const asciiOnly = escape(/[\u0080-\uffff]/g)
    const htmlSafe = escape(/[<>&\u2028\u2029]/g)
    const slashes = (text: string) => text.replaceAll('/', '\\/')
    const spaced = compact.replace(/"(?:[^"\\]|\\.)*"|[,:]/g, (token) => (token.length === 1 ? `${token} ` : token))
    return [
      compact, htmlSafe(compact), asciiOnly(compact), slashes(compact), slashes(asciiOnly(compact)), spaced, asciiOnly(spaced),
      ...[1, 2, 3, 4, '\t'].map((indent) => JSON.stringify(json, null, indent)),
    ]
  } catch {
    return [] // nested deeper than the stack allows: no such body was ever signed by accident
  }
}
