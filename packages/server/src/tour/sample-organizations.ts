import { catalogNamed, findType } from '../catalogs/catalogs.js'
import type { Catalog, CatalogName, CatalogType } from '../catalogs/catalog.js'

/** An organization of the tour: one for each documented system, with an event that its developers would recognize. */
export interface SampleOrganization { id: string; catalog: Catalog; event: CatalogType }

export const sampleOrganizations: readonly SampleOrganization[] = [
  sample('bare-commerce', 'order.paid'),
  sample('bear-billing', 'invoice.paid'),
  sample('devsphere', 'lead_won'),
  sample('better-data', 'loop.procurement.transitioned'),
  sample('commerce-gateway', 'checkout.completed'),
]

function sample(name: CatalogName, type: string): SampleOrganization {
  const catalog = catalogNamed(name)
  const event = catalog && findType(catalog, type)
  if (catalog === undefined || event === undefined) throw new Error(`The catalog ${name} has no event type ${type}.`)
  return { id: `sample-${name}`, catalog, event }
}
