import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { isEventType } from '../event-types/event-type.js'
import { type Catalog, catalogNames, type CatalogType, type Json } from './catalog.js'
import { catalogNamed, catalogs, findType } from './catalogs.js'

describe('the catalogs', () => {
  test('are those of the five documented systems', () => {
    expect([...catalogs.keys()]).toEqual(['bare-commerce', 'bear-billing', 'devsphere', 'better-data', 'commerce-gateway'])
    expect([...catalogs.keys()]).toEqual([...catalogNames])
  })

  test.each([
    ['bare-commerce', { format: 'bare-commerce', retryPolicy: 'bare-commerce', eventTypePolicy: 'warn' }],
    ['bear-billing', { format: 'bear-billing', retryPolicy: 'bear-billing', eventTypePolicy: 'warn' }],
    ['devsphere', { format: 'devsphere', retryPolicy: 'devsphere', eventTypePolicy: 'reject' }],
    ['better-data', { format: 'better-data', retryPolicy: 'better-data', eventTypePolicy: 'warn' }],
    ['commerce-gateway', { format: 'better-data', retryPolicy: 'better-data', eventTypePolicy: 'warn' }],
  ])('give an organization of %s that system’s defaults', (name, defaults) => {
    const { defaultFormat, defaultRetryPolicy, defaultEventTypePolicy } = given(name)
    expect({ format: defaultFormat, retryPolicy: defaultRetryPolicy, eventTypePolicy: defaultEventTypePolicy }).toEqual(defaults)
  })

  test('are found by name, and by no other text', () => {
    expect(catalogNamed('bear-billing')?.title).toBe('Bear Billing')
    expect(['', 'Bear-Billing', '__proto__', 'constructor'].map(catalogNamed)).toEqual([undefined, undefined, undefined, undefined])
  })

  test('find a type that they list, and no other', () => {
    expect(findType(given('bear-billing'), 'invoice.paid')?.type).toBe('invoice.paid')
    expect(findType(given('bear-billing'), 'order.paid')).toBeUndefined()
  })
})

/** As the documents list them; those of loops and federation as our contract spells them. */
const documentedTypes = {
  'bare-commerce': `
    order.created order.updated order.paid order.fulfilled order.cancelled order.refunded
    product.created product.updated product.deleted
    customer.created customer.updated customer.deleted
    page.created page.updated page.deleted
    category.created category.updated category.deleted
    media.created media.updated media.deleted`,
  'bear-billing': `
    subscription.created subscription.updated subscription.cancelled
    invoice.created invoice.paid invoice.payment_failed
    usage.recorded`,
  devsphere: `
    lead_won lead_lost proposal_accepted meeting.booked invoice.paid payment_failed
    project.completed task.completed client.created billing.suspended survey.submitted`,
  'better-data': `
    loop.procurement.transitioned loop.orders.transitioned loop.returns.transitioned loop.quality.transitioned
    import.completed import.partial import.failed
    order.allocation_failed order.allocation_succeeded
    demand_signal.spike_detected demand_signal.stockout_risk
    subscription.updated loop_commitment.threshold_reached
    federation.inventory.updated federation.order.created federation.product.updated federation.checkout.completed`,
  'commerce-gateway': `
    inventory.updated order.created product.updated checkout.completed
    federation.inventory.updated federation.order.created federation.product.updated federation.checkout.completed`,
}

describe.each(Object.entries(documentedTypes))('the catalog %s', (name, documented) => {
  test('lists every event that the document lists, once, and no other', () => {
    const types = given(name).types.map(({ type }) => type)
    expect(types.toSorted()).toEqual(documented.trim().split(/\s+/).toSorted())
  })

  test('says what it is', () => {
    expect(given(name).title).not.toBe('')
    expect(given(name).description).toMatch(/\w.*\.$/)
  })
})

const everyType = [...catalogs.values()].flatMap((catalog) => catalog.types.map((type) => [catalog.name, type.type, type] as const))

describe.each(everyType)('in %s, %s', (_catalog, _name, type) => {
  test('is a well-formed event type', () => {
    expect(isEventType(type.type)).toBe(true)
  })

  test('says when it happens, and what each of its fields means', () => {
    expect(type.description).toMatch(/\w.*\.$/)
    expect(partsOf(type.schema, 'data').filter(([, { description }]) => !/\w.*\.$/.test(String(description ?? '')))).toEqual([])
  })

  test('has a schema of draft 2020-12 that describes every field it requires', () => {
    expect(type.schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema')
    expect(type.schema['type']).toBe('object')
    for (const [, { properties, required }] of partsOf(type.schema, 'data')) {
      expect(Object.keys(properties ?? {})).toEqual(expect.arrayContaining([...(required ?? [])]))
    }
  })

  test('has an example that its schema accepts', () => {
    expect(problems(type, type.example)).toEqual([])
  })

  test('has an example that shows no field which the schema does not describe', () => {
    expect(undescribed(type.example, type.schema, 'data')).toEqual([])
  })

  test('has a schema that refuses the example without any one of the required fields', () => {
    for (const field of (type.schema as Part).required ?? []) {
      expect(problems(type, without(type.example, field)), field).not.toEqual([])
    }
  })

  test('has a schema that refuses a field of another kind and accepts one that it does not name', () => {
    for (const field of Object.keys((type.schema as Part).properties ?? {})) {
      expect(problems(type, { ...(type.example as object), [field]: [null] }), field).not.toEqual([])
    }
    expect(problems(type, { ...(type.example as object), aFieldOfTomorrow: 1 })).toEqual([])
  })

  test('has an example that can be published: at most 256 KiB, the same after JSON', () => {
    const text = JSON.stringify(type.example)
    expect(Buffer.byteLength(text)).toBeLessThan(256 * 1024)
    expect(JSON.parse(text)).toEqual(type.example)
  })
})

describe('the payload that the document prints is the example', () => {
  test('BareCommerce order.created, with its [...] and {...} filled in', () => {
    expect(exampleOf('bare-commerce', 'order.created')).toEqual({
      id: 'order_123',
      orderNumber: 'ORD-000001',
      customerId: 'cust_123',
      total: '99.99',
      status: 'paid',
      paymentStatus: 'succeeded',
      items: expect.arrayContaining([expect.objectContaining({ quantity: expect.any(Number) })]),
      shippingAddress: expect.objectContaining({ country: expect.any(String) }),
    })
  })

  test('Bear Billing subscription.created', () => {
    expect(exampleOf('bear-billing', 'subscription.created')).toEqual({
      id: 'sub_1NZxY7KZ2qYgJ8vP',
      organization_id: 'org_1NZxY7KZ2qYgJ8vP',
      plan_id: 'plan_pro_monthly',
      status: 'active',
      billing_cycle: 'monthly',
      current_period_start: '2025-01-13T10:30:00Z',
      current_period_end: '2025-02-13T10:30:00Z',
    })
  })

  test('Bear Billing invoice.paid', () => {
    expect(exampleOf('bear-billing', 'invoice.paid')).toEqual({
      id: 'inv_1NZxY8KZ2qYgJ8vP',
      subscription_id: 'sub_1NZxY7KZ2qYgJ8vP',
      amount: 9900,
      currency: 'usd',
      status: 'paid',
      paid_at: '2025-01-13T10:35:00Z',
    })
  })

  test('and in the order of the document, since it leaves byte for byte', () => {
    expect(Object.keys(exampleOf('bare-commerce', 'order.created') as object).join()).toBe('id,orderNumber,customerId,total,status,paymentStatus,items,shippingAddress')
    expect(Object.keys(exampleOf('bear-billing', 'invoice.paid') as object).join()).toBe('id,subscription_id,amount,currency,status,paid_at')
  })
})

describe('the schemas', () => {
  test('accept the order that BareCommerce prints for a test with cURL', () => {
    expect(problems(typeOf('bare-commerce', 'order.created'), { id: 'order_1', orderNumber: 'ORD-001', total: '99.99' })).toEqual([])
  })

  test('accept the order of a guest that is not shipped', () => {
    const order = { ...(exampleOf('bare-commerce', 'order.created') as object), customerId: null, shippingAddress: null }
    expect(problems(typeOf('bare-commerce', 'order.created'), order)).toEqual([])
  })

  test('accept a deleted resource of which only the id is left', () => {
    for (const resource of ['product', 'customer', 'page', 'category', 'media']) {
      expect(problems(typeOf('bare-commerce', `${resource}.deleted`), { id: 'resource_id' })).toEqual([])
    }
  })

  test('accept what the handlers of the Commerce Gateway page take, and nothing less', () => {
    expect(problems(typeOf('commerce-gateway', 'inventory.updated'), { productId: '808950810', available: 0 })).toEqual([])
    expect(problems(typeOf('commerce-gateway', 'inventory.updated'), { productId: 808950810, available: 0 })).not.toEqual([])
    expect(problems(typeOf('commerce-gateway', 'inventory.updated'), { productId: '808950810', available: '0' })).not.toEqual([])
    expect(problems(typeOf('commerce-gateway', 'checkout.completed'), { sessionId: 'sess_1', orderId: '1' })).toEqual([])
    expect(problems(typeOf('commerce-gateway', 'order.created'), { orderId: '1' })).toEqual([])
  })

  test('accept a changed product that is named, or since when something changed, and nothing less', () => {
    const productUpdated = typeOf('commerce-gateway', 'product.updated')
    expect(problems(productUpdated, { productId: '1' })).toEqual([])
    expect(problems(productUpdated, { changedSince: '2025-03-10T15:00:00Z' })).toEqual([])
    expect(problems(productUpdated, { title: 'Linen shirt' })).not.toEqual([])
  })

  test('of a loop transition ask for the loop and both of its states', () => {
    for (const loop of ['procurement', 'orders', 'returns', 'quality']) {
      const transitioned = typeOf('better-data', `loop.${loop}.transitioned`)
      expect(Object.keys(transitioned.example as object)).toEqual(['loopId', 'from', 'to'])
      expect((transitioned.schema as Part).required).toEqual(['loopId', 'from', 'to'])
    }
  })
})

describe('the examples of BareCommerce orders', () => {
  test.each(['created', 'updated', 'paid', 'fulfilled', 'cancelled', 'refunded'])('order.%s: the items add up to the total', (what) => {
    const order = exampleOf('bare-commerce', `order.${what}`) as { total: string; items: { quantity: number; price: string; total: string }[] }
    const cents = (amount: string) => Math.round(Number(amount) * 100)
    for (const item of order.items) expect(cents(item.price) * item.quantity).toBe(cents(item.total))
    expect(order.items.reduce((sum, item) => sum + cents(item.total), 0)).toBe(cents(order.total))
  })
})

describe('federation events', () => {
  test('carry the same data as the gateway’s own, in both catalogs that list them', () => {
    for (const { type, schema, example } of given('commerce-gateway').types.filter((listed) => !listed.type.startsWith('federation.'))) {
      for (const catalog of ['commerce-gateway', 'better-data']) {
        expect(typeOf(catalog, `federation.${type}`)).toMatchObject({ schema, example })
      }
    }
  })
})

type Part = { description?: unknown; properties?: Record<string, Part>; required?: readonly string[]; items?: Part }

function given(name: string): Catalog {
  const catalog = catalogNamed(name)
  if (!catalog) throw new Error(`There is no catalog ${name}`)
  return catalog
}

function typeOf(catalog: string, type: string): CatalogType {
  const found = findType(given(catalog), type)
  if (!found) throw new Error(`${catalog} lists no ${type}`)
  return found
}

function exampleOf(catalog: string, type: string): Json {
  return typeOf(catalog, type).example
}

function problems(type: CatalogType, data: unknown): string[] {
  const verdict = z.fromJSONSchema(type.schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(data)
  return verdict.success ? [] : verdict.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
}

/** The schema itself and every schema within it, each with the path of what it describes. */
function partsOf(schema: Part, path: string): [string, Part][] {
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => partsOf(field, `${path}.${name}`))
  return [[path, schema], ...fields, ...(schema.items ? partsOf(schema.items, `${path}[]`) : [])]
}

function undescribed(value: unknown, schema: Part, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => (schema.items ? undescribed(item, schema.items, `${path}[]`) : [`${path}[]`]))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, field]) => {
    const described = schema.properties?.[name]
    return described ? undescribed(field, described, `${path}.${name}`) : [`${path}.${name}`]
  })
}

function without(value: Json, field: string): object {
  return Object.fromEntries(Object.entries(value as object).filter(([name]) => name !== field))
}
