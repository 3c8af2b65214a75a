import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { schemeNames, type SchemeName } from '@posthorn/webhooks'
import { parseReceiptId } from '../ids/public-id.js'
import { createVault } from '../secrets/vault.js'
import { keepEncryptionKey } from '../secrets/encryption-key.js'
import { builtInSources } from '../sources/built-in-sources.js'
import { openedHeaders } from '../receipts/kept-headers.js'
import { findReceipt } from '../receipts/read-receipts.js'
import { findSource } from '../sources/read-sources.js'
import { readSavedRequest, type SavedRequest } from '../sources/saved-request.js'
import { openSource } from '../sources/source-book.js'
import { verifySource } from '../sources/verify-source.js'
import { PostgresDatabase } from '../storage/postgres.js'
import { SqliteDatabase } from '../storage/sqlite.js'
import { tellFailure } from './failure.js'
import { loadSettings } from './load-settings.js'
import { paint } from './terminal.js'
import type { Settings } from '../config/settings.js'
import type { OpenSource } from '../sources/source.js'
import type { Database } from '../storage/database.js'
import type { Given } from './given.js'

interface VerifyFlags {
  receipt?: string
  provider?: string
  secret?: string[]
  secretFile?: string[]
  url?: string
  at?: string
  tolerance?: string
  webhookId?: string
  publicKey?: string
  header?: string
  databaseUrl?: string
}

/** Adds `posthorn verify`: whether a request is genuine, and if not, why. Exits with 0 when it is, 1 when it is not, 2 when that cannot be told. */
export function addVerify(program: Command, given: Given, finish: (exitCode: number) => void): void {
  const collect = (value: string, before: string[] = []): string[] => [...before, value]
  program.command('verify').argument('[file]', 'a saved request: JSON with headers and body, or as it went over the wire')
    .description('Tell whether a request is genuine, and if not, why. Exits with 0 when it is, 1 when it is not, 2 when that cannot be told.')
    .option('--receipt <id>', 'Instead of a file: what a source received.')
    .option('--provider <name>', `Who sent it: ${schemeNames.join(', ')}.`)
    .option('--secret <secret>', 'The secret; several may be given. Without one: the setting, or the secrets of the receipt\'s source.', collect)
    .option('--secret-file <path>', 'A file that holds a secret, so that it is in no shell history.', collect)
    .option('--url <url>', 'The URL that was signed (Square, Twilio).')
    .option('--at <instant>', 'As if it came then. Left out: when a receipt came, and now for a file.')
    .option('--tolerance <seconds>', 'How far the signed time may lie from that.')
    .option('--webhook-id <id>', 'PayPal: the id of the webhook.')
    .option('--public-key <key>', 'SendGrid: the verification key.')
    .option('--header <name>', 'generic: the header that carries the signature.')
    .option('--database-url <url>', 'Where the receipt is; as DATABASE_URL.')
    .action(async (file: string | undefined, flags: VerifyFlags) => finish(await verifySaved(file, flags, given)))
}

async function verifySaved(file: string | undefined, flags: VerifyFlags, given: Given): Promise<number> {
  const { terminal } = given
  try {
    const { saved, source, publicUrl } = await gather(file, flags, given)
    const verdict = await verifySource(saved.request, source, { publicUrl, at: instantOf(flags.at) ?? saved.receivedAt ?? Date.now() })
    const { bold, green, red } = paint(terminal)
    if (!verdict.ok) {
      terminal.print(`${red(bold('Not valid'))} (${verdict.code}): ${verdict.reason}`)
      return notValid
    }
    const told = [verdict.type && `type ${verdict.type}`, verdict.dedupeId && `id ${verdict.dedupeId}`, verdict.items && `${verdict.items.length} parts`, verdict.handshake && 'a handshake'].filter(Boolean)
    terminal.print(`${green(bold('Valid'))}: ${source.provider} signed this${told.length > 0 ? ` (${told.join(', ')})` : ''}.`)
    return valid
  } catch (error) {
    for (const line of tellFailure(error)) terminal.error(line)
    return cannotTell
  }
}

const valid = 0
const notValid = 1
const cannotTell = 2

interface Gathered { saved: SavedRequest; source: OpenSource; publicUrl: string | undefined }

async function gather(file: string | undefined, flags: VerifyFlags, given: Given): Promise<Gathered> {
  if ((file === undefined) === (flags.receipt === undefined)) throw new Error('Name a file, or a receipt with --receipt; one of the two.')
  const secrets = [...flags.secret ?? [], ...(flags.secretFile ?? []).map((path) => readFileSync(path, 'utf8').replace(/\r?\n$/, ''))]
  // Settings are asked only for what the command line does not say: a request can be verified on any machine.
  const needsSettings = flags.receipt !== undefined || secrets.length === 0
  const settings = needsSettings ? await loadSettings('dev', flags.databaseUrl === undefined ? {} : { databaseUrl: flags.databaseUrl }, given) : undefined
  if (file !== undefined) return fromFile(file, flags, secrets, settings)
  return fromReceipt(flags, secrets, settings as Settings)
}

function fromFile(file: string, flags: VerifyFlags, secrets: string[], settings: Settings | undefined): Gathered {
  const saved = readSavedRequest(readFileSync(file))
  if (saved === undefined) throw new Error(`${file} holds no request. Save it as JSON ({"method", "url", "headers", "body"}), or as it went over the wire.`)
  const provider = providerNamed(flags.provider ?? saved.provider)
  const setting = secrets.length === 0 && settings !== undefined ? builtInSources(settings).find((source) => source.provider === provider) : undefined
  const source = { id: 0, name: provider, provider, organizationId: null, state: 'enabled', secrets, options: {}, ...setting } satisfies OpenSource
  return { saved, source: withFlags(source, secrets, flags), publicUrl: settings?.publicUrl }
}

async function fromReceipt(flags: VerifyFlags, secrets: string[], settings: Settings): Promise<Gathered> {
  const id = parseReceiptId(flags.receipt ?? '')
  if (id === undefined) throw new Error(`${JSON.stringify(flags.receipt)} is no receipt's id: it begins with rcp_.`)
  const { db, close } = await openToRead(settings)
  try {
    const receipt = await findReceipt(db, { id })
    if (receipt === undefined) throw new Error(`There is no receipt ${flags.receipt} in this database.`)
    if (receipt.kept === 2) throw new Error(`The body of ${flags.receipt} was not kept.`)
    const { method, url, body, receivedAt } = receipt
    const found = await findSource(db, { name: receipt.source })
    const { open } = createVault(settings.encryptionKey ?? await keepEncryptionKey(settings.dataFolder))
    const stored = found && (builtInSources(settings).find(({ name }) => name === found.name) ?? openSource(found, open))
    const provider = providerNamed(flags.provider ?? receipt.provider)
    const source: OpenSource = { id: receipt.sourceId, name: receipt.source, organizationId: null, state: 'enabled', secrets: [], options: {}, ...stored, provider }
    return { saved: { request: { method, url, headers: openedHeaders(receipt.headers, open), body }, receivedAt }, source: withFlags(source, secrets, flags), publicUrl: settings.publicUrl }
  } finally {
    await close()
  }
}

/** Beside a running server: nothing is written. */
async function openToRead({ databaseUrl }: Settings): Promise<{ db: Database; close: () => Promise<void> | void }> {
  if (databaseUrl.kind === 'sqlite') {
    const db = new SqliteDatabase(databaseUrl.path, { readOnly: true, clock: Date.now })
    return { db, close: () => db.close() }
  }
  const db = await PostgresDatabase.open(databaseUrl.url, { poolSize: 1 })
  return { db, close: () => db.close() }
}

function withFlags(source: OpenSource, secrets: string[], { url, tolerance, webhookId, publicKey, header }: VerifyFlags): OpenSource {
  const given = { publicUrl: url, notificationUrl: url, toleranceSeconds: tolerance === undefined ? undefined : Number(tolerance), webhookId, publicKey, header }
  return { ...source, secrets: secrets.length > 0 ? secrets : source.secrets, options: { ...source.options, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) } }
}

function providerNamed(name: string | undefined): SchemeName {
  const provider = schemeNames.find((known) => known === name)
  if (provider === undefined) throw new Error(`${name === undefined ? 'Nothing says who sent this' : `${JSON.stringify(name)} is no provider`}; name one with --provider: ${schemeNames.join(', ')}.`)
  return provider
}

function instantOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const at = /^\d{9,11}$/.test(text) ? Number(text) * 1000 : Date.parse(text)
  if (Number.isNaN(at)) throw new Error(`${JSON.stringify(text)} is no instant; write it as 2026-01-15T12:00:00Z or in unix seconds.`)
  return at
}
