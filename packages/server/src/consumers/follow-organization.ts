import { consumersOf, consumerNames } from './consumer-names.js'
import { sql } from '../storage/sql.js'
import type { ConsumerName } from './consumer-names.js'
import type { Database } from '../storage/database.js'

/** Gives an organization exactly the consumers that it should have. A new one begins with what comes from now on. */
export async function followOrganization(tx: Database, organization: { id: number; catalog: string | null; consumers: readonly ConsumerName[] | null }): Promise<void> {
  const wanted = consumersOf(organization)
  for (const name of consumerNames) {
    if (wanted.includes(name)) {
      await tx.run(sql`
        insert into consumers (name, organization_id, read_id) select ${name}, organization_id, last_id from streams where organization_id = ${organization.id}
        on conflict do nothing`)
    } else {
      await tx.run(sql`delete from consumers where name = ${name} and organization_id = ${organization.id}`)
    }
  }
}
