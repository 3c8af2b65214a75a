import { bareCommerce } from './bare-commerce.js'
import { bearBilling } from './bear-billing.js'
import { betterData } from './better-data.js'
import type { Catalog, CatalogType } from './catalog.js'
import { commerceGateway } from './commerce-gateway.js'
import { devsphere } from './devsphere.js'

/** The five documented systems by the name that an organization gives as its `catalog`. */
export const catalogs: ReadonlyMap<string, Catalog> = new Map(
  [bareCommerce, bearBilling, devsphere, betterData, commerceGateway].map((catalog) => [catalog.name, catalog]),
)

export function catalogNamed(name: string): Catalog | undefined {
  return catalogs.get(name)
}

/** The type of that name in a catalog, or none where the catalog does not list it. */
export function findType(catalog: Catalog, type: string): CatalogType | undefined {
  return catalog.types.find((listed) => listed.type === type)
}
