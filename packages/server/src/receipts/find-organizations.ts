import { createOrganization } from '../organizations/create-organization.js'
import { defaultsFor } from '../organizations/organization.js'
import { Problem } from '../problems/problem.js'
import { sql } from '../storage/sql.js'
import type { Column, Database } from '../storage/database.js'
import type { SchemeName } from '@posthorn/webhooks'
import type { Whose } from './whose-event.js'

/** The organization that has what nobody else has been named for. */
export const operatorOrganization = 'operator'

/** One event's question, and the provider whose customers are meant. */
export interface Asked { provider: SchemeName; organizationId: number | null; whose: Whose }

/** `how`: the source's own, named by the event, by a link, or not at all, so the operator has it. */
export interface Found { organizationId: number; how: 'source' | 'named' | 'linked' | 'unassigned' }

/** Tells for each event whose it is, in a few statements for all of them. */
export async function findOrganizations(tx: Database, asked: readonly Asked[]): Promise<Found[]> {
  const known = await existing(tx, asked)
  const named = await organizationsNamed(tx, asked.filter((each) => each.organizationId === null))
  const linked = await organizationsLinked(tx, asked.filter((each) => each.organizationId === null))

  const found = asked.map(({ provider, organizationId, whose }): Found | undefined => {
    if (organizationId !== null && known.has(organizationId)) return { organizationId, how: 'source' }
    const byName = whose.names.map((name) => named.get(name)).find((id) => id !== undefined)
    if (byName !== undefined) return { organizationId: byName, how: 'named' }
    const byLink = whose.accounts.map((account) => linked.get(`${provider} ${account}`)).find((id) => id !== undefined)
    return byLink === undefined ? undefined : { organizationId: byLink, how: 'linked' }
  })
  if (!found.includes(undefined)) return found as Found[]
  const operator = await operatorId(tx)
  return found.map((each) => each ?? { organizationId: operator, how: 'unassigned' })
}

/** A source may outlive its organization. */
async function existing(tx: Database, asked: readonly Asked[]): Promise<Set<number>> {
  const wanted = [...new Set(asked.map((each) => each.organizationId).filter((id) => id !== null))]
  if (wanted.length === 0) return new Set()
  const rows = await tx.all<{ id: number }>(sql`
    select o.id from ${tx.rows(wanted.map((id) => [id]), idColumns)} as r join organizations o on o.id = r.id where o.deleted_at is null`)
  return new Set(rows.map((row) => row.id))
}

async function organizationsNamed(tx: Database, asked: readonly Asked[]): Promise<Map<string, number>> {
  const wanted = [...new Set(asked.flatMap(({ whose }) => whose.names))]
  if (wanted.length === 0) return new Map()
  const rows = await tx.all<{ id: number; public_id: string }>(sql`
    select o.id, o.public_id from ${tx.rows(wanted.map((name) => [name]), nameColumns)} as r join organizations o on o.public_id = r.name where o.deleted_at is null`)
  return new Map(rows.map((row) => [row.public_id, row.id]))
}

async function organizationsLinked(tx: Database, asked: readonly Asked[]): Promise<Map<string, number>> {
  const wanted = new Map(asked.flatMap(({ provider, whose }) => whose.accounts.map((account) => [`${provider} ${account}`, [provider, account]])))
  if (wanted.size === 0) return new Map()
  const rows = await tx.all<{ provider: string; account: string; organization_id: number }>(sql`
    select l.provider, l.account, l.organization_id from ${tx.rows([...wanted.values()], accountColumns)} as r
    join source_links l on l.provider = r.provider and l.account = r.account
    join organizations o on o.id = l.organization_id
    where o.deleted_at is null`)
  return new Map(rows.map((row) => [`${row.provider} ${row.account}`, row.organization_id]))
}

async function operatorId(tx: Database): Promise<number> {
  const read = () => tx.first<{ id: number }>(sql`select id from organizations where public_id = ${operatorOrganization} and deleted_at is null`)
  const before = await read()
  if (before !== undefined) return before.id
  try {
    return (await createOrganization(tx, { organization: { publicId: operatorOrganization, name: 'Operator', catalog: null, webhookUrl: null, ...defaultsFor(null) } })).id
  } catch (error) {
    // Another node made it in the same moment.
    const made = error instanceof Problem ? await read() : undefined
    if (made === undefined) throw error
    return made.id
  }
}

const idColumns: readonly Column[] = ['id int']
const nameColumns: readonly Column[] = ['name text']
const accountColumns: readonly Column[] = ['provider text', 'account text']
