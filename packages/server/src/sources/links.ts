import { Problem } from '../problems/problem.js'
import { sql } from '../storage/sql.js'
import type { Column, Database } from '../storage/database.js'

/** Whose a provider's customer, merchant or shop is. `isLearned`: out of an event that named both. */
export interface Link { id: number; provider: string; account: string; organizationId: number; organization: string; isLearned: boolean; createdAt: number }

/** Links an account to an organization. What an operator says holds against what was linked before. */
export async function createLink(db: Database, { provider, account, organization }: { provider: string; account: string; organization: string }): Promise<Link> {
  return db.transaction(async (tx) => {
    const row = await tx.first<LinkRow>(sql`
      insert into source_links (provider, account, organization_id, learned, created_at)
      select ${provider}, ${account}, id, 0, ${tx.now} from organizations where public_id = ${organization} and deleted_at is null
      on conflict (provider, account) do update set organization_id = excluded.organization_id, learned = 0, created_at = excluded.created_at
      returning *`)
    if (row === undefined) throw new Problem('not_found', `There is no organization "${organization}".`)
    return asLink({ ...row, public_id: organization })
  })
}

export async function listLinks(db: Database, { after, limit, organizationId }: { after: number | undefined; limit: number; organizationId?: number | undefined }): Promise<Link[]> {
  const rows = await db.all<LinkRow>(sql`
    select l.*, o.public_id from source_links l join organizations o on o.id = l.organization_id
    where l.id > ${after ?? 0} and o.deleted_at is null ${organizationId === undefined ? sql`` : sql`and l.organization_id = ${organizationId}`}
    order by l.id limit ${limit}`)
  return rows.map(asLink)
}

export async function deleteLink(db: Database, { id }: { id: number }): Promise<boolean> {
  return await db.run(sql`delete from source_links where id = ${id}`) > 0
}

/** Remembers whose accounts are, where an event named its organization and nobody has said otherwise. */
export async function learnLinks(tx: Database, links: readonly { provider: string; account: string; organizationId: number }[]): Promise<void> {
  const firsts = new Map<string, (string | number)[]>()
  for (const { provider, account, organizationId } of links) if (!firsts.has(`${provider} ${account}`)) firsts.set(`${provider} ${account}`, [provider, account, organizationId])
  if (firsts.size === 0) return
  const rows = [...firsts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  await tx.run(sql`
    insert into source_links (provider, account, organization_id, learned, created_at)
    select provider, account, organization_id, 1, ${tx.now} from ${tx.rows(rows, columns)} as r where true
    on conflict (provider, account) do nothing`)
}

const columns: readonly Column[] = ['provider text', 'account text', 'organization_id int']

interface LinkRow { id: number; provider: string; account: string; organization_id: number; public_id: string; learned: number; created_at: number }

function asLink(row: LinkRow): Link {
  return { id: row.id, provider: row.provider, account: row.account, organizationId: row.organization_id, organization: row.public_id, isLearned: row.learned === 1, createdAt: row.created_at }
}
