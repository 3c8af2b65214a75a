import { randomBytes } from 'node:crypto'
import { link, open, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../files/make-folder.js'

/** The 32 bytes behind POSTHORN_ENCRYPTION_KEY, or what is wrong with the text, said without repeating it. */
export function parseEncryptionKey(text: string): { ok: true; key: Uint8Array } | { ok: false; wrong: string } {
  const trimmed = text.trim()
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(trimmed)) return { ok: false, wrong: `is not base64; make one with \`${recipe}\`` }
  const key = Buffer.from(trimmed, 'base64')
  if (key.length !== keyBytes) return { ok: false, wrong: `holds ${key.length} bytes and must hold ${keyBytes}; make one with \`${recipe}\`` }
  return { ok: true, key: Uint8Array.from(key) }
}

/**
 * The encryption key that `posthorn dev` keeps in its data folder, made at the first start. Whoever starts at the same
 * moment gets the same key, and nobody ever reads half of one.
 */
export async function keepEncryptionKey(dataFolder: string): Promise<Uint8Array> {
  const path = join(dataFolder, encryptionKeyFile)
  return (await readKey(path)) ?? (await makeKey(dataFolder, path))
}

export const encryptionKeyFile = 'encryption.key'

async function makeKey(folder: string, path: string): Promise<Uint8Array> {
  makeFolder(folder)

  // Written aside in full, then given its name by a link, which fails if the name is taken: the first one wins.
  const draft = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${randomBytes(keyBytes).toString('base64')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    await link(draft, path)
    await syncFolder(folder)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    await unlink(draft)
  }

  const key = await readKey(path)
  if (!key) throw new Error(`${path} was there a moment ago and is gone. Is another program clearing the folder?`)
  return key
}

async function readKey(path: string): Promise<Uint8Array | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new Error(`The encryption key ${path} cannot be read. Give this user the right to read it.`, { cause: error })
  }
  const parsed = parseEncryptionKey(text)
  if (parsed.ok) return parsed.key
  // Never replaced by a new one: that would make every signing secret in the database unreadable.
  throw new Error(`The encryption key in ${path} ${parsed.wrong}. Put the old key back; without it the signing secrets in the database cannot be read.`)
}

/** So that the name survives a power cut: a key that is lost after secrets were sealed under it takes them along. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

const keyBytes = 32
const recipe = 'openssl rand -base64 32'
