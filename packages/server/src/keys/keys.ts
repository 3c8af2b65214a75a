import { Problem } from '../problems/problem.js'
import { sql } from '../storage/sql.js'
import type { Column, Database } from '../storage/database.js'
import type { Scope } from './scopes.js'

/** An organization's API key as it is listed. The key itself is nowhere; `hint` is its end, by which people recognize it. */
export interface ApiKey {
  id: number
  name: string
  hint: string
  scopes: Scope[]
  createdAt: number
  expiresAt: number | null
}

export interface NewKey { organizationId: number; name: string; hash: string; hint: string; scopes: readonly Scope[]; expiresAt: number | null }

/** `sealedKey` comes back as it was given, so that a repeated request can show the key once more. */
export async function createKey(db: Database, { organizationId, name, hash, hint, scopes, expiresAt, sealedKey }: NewKey & { sealedKey: string }): Promise<ApiKey & { sealedKey: string }> {
  return db.transaction(async (tx) => {
    // Held, so that an organization that is being deleted does not get a key behind its back.
    const lock = tx.dialect === 'postgres' ? sql`for no key update` : sql``
    const organization = await tx.first(sql`select id from organizations where id = ${organizationId} and deleted_at is null ${lock}`)
    if (organization === undefined) throw new Problem('not_found', 'There is no such object, or this key does not reach it.')
    const row = await tx.first<KeyRow>(sql`
      insert into api_keys (organization_id, name, hash, hint, scopes, created_at, expires_at)
      values (${organizationId}, ${name}, ${hash}, ${hint}, ${JSON.stringify(scopes)}, ${tx.now}, ${expiresAt})
      returning id, name, hint, scopes, created_at, expires_at`)
    return { ...asKey(row as KeyRow), sealedKey }
  })
}

/** Keys in force, newest first. */
export async function listKeys(db: Database, { organizationId, before, limit }: { organizationId: number; before: number | undefined; limit: number }): Promise<ApiKey[]> {
  const rows = await db.all<KeyRow>(sql`
    select id, name, hint, scopes, created_at, expires_at from api_keys
    where organization_id = ${organizationId} and revoked_at is null and id < ${before ?? Number.MAX_SAFE_INTEGER}
    order by id desc limit ${limit}`)
  return rows.map(asKey)
}

/** Ends a key at once. False when there is no such key, or it was ended before. `mayEndAdmin`: who asks has the scope itself. */
export async function revokeKey(db: Database, { organizationId, id, mayEndAdmin }: { organizationId: number; id: number; mayEndAdmin: boolean }): Promise<boolean> {
  return db.transaction(async (tx) => {
    const row = await tx.first<{ scopes: string }>(sql`select scopes from api_keys where id = ${id} and organization_id = ${organizationId} and revoked_at is null`)
    if (row === undefined) return false
    if (!mayEndAdmin && (JSON.parse(row.scopes) as Scope[]).includes('admin')) throw new Problem('missing_scope', 'Only a key with the scope "admin" may end one that has it.')
    await tx.run(sql`update api_keys set revoked_at = ${tx.now} where id = ${id}`)
    return true
  })
}

/** Whose keys have these hashes, of those that are in force. */
export async function findKeys(db: Database, { hashes }: { hashes: readonly string[] }): Promise<FoundKey[]> {
  const rows = await db.all<{ hash: string; id: number; organization_id: number; public_id: string; scopes: string; expires_at: number | null }>(sql`
    select k.hash, k.id, k.organization_id, o.public_id, k.scopes, k.expires_at
    from ${db.rows(hashes.map((hash) => [hash]), hashColumns)} as r join api_keys k on k.hash = r.hash join organizations o on o.id = k.organization_id
    where k.revoked_at is null and o.deleted_at is null and (k.expires_at is null or k.expires_at > ${db.now})`)
  return rows.map((row) => ({ hash: row.hash, id: row.id, organizationId: row.organization_id, organization: row.public_id, scopes: JSON.parse(row.scopes) as Scope[], expiresAt: row.expires_at }))
}

const hashColumns: readonly Column[] = ['hash text']

export interface FoundKey {
  hash: string
  id: number
  organizationId: number
  /** The organization's public id. */
  organization: string
  scopes: Scope[]
  expiresAt: number | null
}

interface KeyRow { id: number; name: string; hint: string; scopes: string; created_at: number; expires_at: number | null }

function asKey(row: KeyRow): ApiKey {
  return { id: row.id, name: row.name, hint: row.hint, scopes: JSON.parse(row.scopes) as Scope[], createdAt: row.created_at, expiresAt: row.expires_at }
}
