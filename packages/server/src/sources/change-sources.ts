import { Problem } from '../problems/problem.js'
import { join, sql, type Sql } from '../storage/sql.js'
import { asSource, sourceStates, type Source, type SourceRow } from './source.js'
import type { Database } from '../storage/database.js'

export type NewSource = Pick<Source, 'name' | 'provider' | 'organizationId' | 'options'> & { sealed: string }

/** Makes a source. Where a setting had one of this name before, its row and so what it has received go on. */
export async function createSource(db: Database, source: NewSource): Promise<Source> {
  const row = await db.first<SourceRow>(sql`
    insert into sources (name, provider, organization_id, sealed, options, created_at, updated_at)
    values (${source.name}, ${source.provider}, ${source.organizationId}, ${source.sealed}, ${JSON.stringify(source.options)}, ${db.now}, ${db.now})
    on conflict (name) do update set provider = excluded.provider, organization_id = excluded.organization_id, sealed = excluded.sealed, options = excluded.options, state = 0,
      created_at = excluded.created_at, updated_at = excluded.updated_at
    where sources.sealed is null and sources.managed = 0
    returning *`)
  if (row === undefined) throw new Problem('already_exists', `A source with the name "${source.name}" exists already.`)
  return asSource(row)
}

export type SourceChanges = Partial<Pick<Source, 'organizationId' | 'options' | 'state'>> & { sealed?: string | undefined }

/** Changes a source that is still as the caller read it; undefined when it is gone or was changed since. */
export async function changeSource(db: Database, { id, updatedAt, changes }: { id: number; updatedAt: number; changes: SourceChanges }): Promise<Source | undefined> {
  const { organizationId, options, state, sealed } = changes
  const assignments: (Sql | false)[] = [
    organizationId !== undefined && sql`organization_id = ${organizationId}`,
    options !== undefined && sql`options = ${JSON.stringify(options)}`,
    state !== undefined && sql`state = ${sourceStates.indexOf(state)}`,
    sealed !== undefined && sql`sealed = ${sealed}`,
    // Never the same twice, so that it tells one version from the next.
    sql`updated_at = case when ${db.now} > updated_at then ${db.now} else updated_at + 1 end`,
  ]
  const row = await db.first<SourceRow>(sql`
    update sources set ${join(assignments.filter((assignment) => assignment !== false), ', ')}
    where id = ${id} and updated_at = ${updatedAt} and managed = 0 and deleted_at is null
    returning *`)
  return row && asSource(row)
}

/** Takes a source out of use at once. Its receipts stay until their time is over; its name is free again. */
export async function deleteSource(db: Database, { name }: { name: string }): Promise<boolean> {
  const deleted = await db.run(sql`
    update sources set name = '~' || id || '~' || name, sealed = null, deleted_at = ${db.now}, updated_at = ${db.now}
    where name = ${name} and managed = 0 and sealed is not null and deleted_at is null`)
  return deleted > 0
}

/** The name that a source has, or had until it was deleted. */
export function nameBeforeDeletion(name: string): string {
  return name.startsWith('~') ? name.slice(name.indexOf('~', 1) + 1) : name
}

/**
 * Gives the sources that settings name their rows, and tells them. One of the same name that was made over the API rests
 * for as long as the setting is there.
 */
export async function registerBuiltInSources(db: Database, { sources }: { sources: readonly Pick<Source, 'name' | 'provider'>[] }): Promise<{ name: string; id: number }[]> {
  return db.transaction(async (tx) => {
    await tx.run(sql`update sources set managed = 0 where managed = 1`)
    const registered: { name: string; id: number }[] = []
    for (const { name, provider } of sources) {
      const row = await tx.first<{ id: number }>(sql`
        insert into sources (name, provider, managed, created_at, updated_at) values (${name}, ${provider}, 1, ${tx.now}, ${tx.now})
        on conflict (name) do update set managed = 1
        returning id`)
      registered.push({ name, id: (row as { id: number }).id })
    }
    return registered
  })
}
