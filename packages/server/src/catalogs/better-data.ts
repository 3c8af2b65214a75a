import type { Catalog, CatalogType } from './catalog.js'
import { federationTypes } from './commerce-gateway.js'
import { dataSchema, type Fields, instant, integer, listOf, number, object, oneOf, orNull, text } from './json-schema.js'

/**
 * What Better Data sends, after "Planned event coverage" of its Webhooks page, and the federation events of Commerce Gateway
 * merchants. The page names "any loop state change (procurement, orders, returns, quality)" without spelling the types.
 */
export const betterData: Catalog = {
  name: 'better-data',
  title: 'Better Data',
  description: 'What happens in supply loops: state changes, imports, allocations, demand signals and billing.',
  defaultFormat: 'better-data',
  defaultRetryPolicy: 'better-data',
  defaultEventTypePolicy: 'warn',
  types: [
    loopType('procurement', { loopId: 'loop_procurement_118', from: 'requested', to: 'approved' }),
    loopType('orders', { loopId: 'loop_orders_5521', from: 'allocated', to: 'shipped' }),
    loopType('returns', { loopId: 'loop_returns_73', from: 'in_transit', to: 'received' }),
    loopType('quality', { loopId: 'loop_quality_9', from: 'inspecting', to: 'on_hold' }),
    {
      type: 'import.completed',
      description: 'An import took over every row.',
      schema: importSchema('completed'),
      example: { ...finishedImport(), status: 'completed', importedRows: 1200, failedRows: 0 },
    },
    {
      type: 'import.partial',
      description: 'An import took over some rows and left others out.',
      schema: importSchema('partial', { errors: rowErrors() }),
      example: {
        ...finishedImport(),
        status: 'partial',
        importedRows: 1198,
        failedRows: 2,
        errors: [
          { row: 17, field: 'sku', message: 'There is no product with this SKU' },
          { row: 403, field: 'quantity', message: 'Not a number' },
        ],
      },
    },
    {
      type: 'import.failed',
      description: 'An import failed and took over nothing.',
      schema: importSchema('failed', { reason: text('Why the import failed, in words.') }, { errors: rowErrors() }),
      example: { ...finishedImport(), status: 'failed', importedRows: 0, failedRows: 1200, reason: 'The column "sku" is missing' },
    },
    {
      type: 'order.allocation_failed',
      description: 'There was not enough stock for an order.',
      schema: dataSchema(
        'The order and what it lacks.',
        { orderId: text('The order.'), reason: text('Why there was not enough.') },
        {
          loopId: text('The loop that the order runs in.'),
          shortages: listOf(
            object(
              'One product that lacks.',
              { productId: text('The product.'), requested: number('How much was asked for.'), available: number('How much was there.') },
              { locationId: text('Where it was looked for.') },
            ),
            'What lacks.',
          ),
          failedAt: instant('When allocation failed.'),
        },
      ),
      example: {
        orderId: 'order_5521',
        loopId: 'loop_orders_5521',
        reason: 'insufficient_stock',
        shortages: [{ productId: 'prod_310', locationId: 'loc_east', requested: 40, available: 25 }],
        failedAt: '2025-06-02T08:15:00Z',
      },
    },
    {
      type: 'order.allocation_succeeded',
      description: 'Stock was set aside for an order.',
      schema: dataSchema(
        'The order and what was set aside for it.',
        {
          orderId: text('The order.'),
          allocations: listOf(
            object('One product that was set aside.', { productId: text('The product.'), quantity: number('How much.'), locationId: text('Where.') }),
            'What was set aside.',
          ),
        },
        { loopId: text('The loop that the order runs in.'), allocatedAt: instant('When it was set aside.') },
      ),
      example: {
        orderId: 'order_5522',
        loopId: 'loop_orders_5522',
        allocations: [
          { productId: 'prod_310', quantity: 25, locationId: 'loc_east' },
          { productId: 'prod_310', quantity: 15, locationId: 'loc_west' },
        ],
        allocatedAt: '2025-06-02T09:40:00Z',
      },
    },
    {
      type: 'demand_signal.spike_detected',
      description: 'Demand for a product rose far above what was expected.',
      schema: dataSchema(
        'What was seen and what was expected.',
        { ...signalFields(), observedDemand: number('How much was asked for.'), expectedDemand: number('How much was expected.') },
        { locationId: text('Where.'), windowStart: instant('From when it was counted.'), windowEnd: instant('Until when it was counted.') },
      ),
      example: {
        signalId: 'sig_2041',
        productId: 'prod_310',
        locationId: 'loc_east',
        observedDemand: 340,
        expectedDemand: 120,
        windowStart: '2025-06-01T00:00:00Z',
        windowEnd: '2025-06-02T00:00:00Z',
        detectedAt: '2025-06-02T00:05:00Z',
      },
    },
    {
      type: 'demand_signal.stockout_risk',
      description: 'A product is likely to run out.',
      schema: dataSchema(
        'What is left and how fast it goes.',
        { ...signalFields(), available: number('How much is left.'), expectedStockoutAt: instant('When nothing will be left.') },
        { locationId: text('Where.'), dailyDemand: number('How much goes in a day.'), risk: number('How likely it is, from 0 to 1.') },
      ),
      example: {
        signalId: 'sig_2042',
        productId: 'prod_310',
        locationId: 'loc_east',
        available: 210,
        dailyDemand: 70,
        expectedStockoutAt: '2025-06-05T00:00:00Z',
        risk: 0.86,
        detectedAt: '2025-06-02T00:05:00Z',
      },
    },
    {
      type: 'subscription.updated',
      description: "An organization's subscription was created, changed or ended.",
      schema: dataSchema(
        'The subscription as it is after the event.',
        { subscriptionId: text('The subscription.'), status: text('Where it stands, such as active, past_due or canceled.') },
        {
          plan: orNull(text('The plan; null where there is none any more.')),
          previousPlan: orNull(text('The plan before; null where there was none.')),
          currentPeriodEnd: orNull(instant('When the paid period ends.')),
          entitlements: listOf(text('A capability.'), 'What the organization may use from now on.'),
        },
      ),
      example: {
        subscriptionId: 'sub_1PqR8sT2uVwXyZ',
        status: 'active',
        plan: 'growth',
        previousPlan: 'starter',
        currentPeriodEnd: '2025-07-01T00:00:00Z',
        entitlements: ['loops.procurement', 'loops.orders', 'demand_signals'],
      },
    },
    {
      type: 'loop_commitment.threshold_reached',
      description: 'An organization has used a set share of the loops that it committed to.',
      schema: dataSchema(
        'What was committed to and what is used.',
        {
          commitmentId: text('The commitment.'),
          committedLoops: integer('How many loops the commitment covers.'),
          usedLoops: integer('How many are used.'),
          thresholdPercent: number('The share that was reached.'),
        },
        { periodStart: instant('When the commitment began.'), periodEnd: instant('When the commitment ends.'), reachedAt: instant('When the share was reached.') },
      ),
      example: {
        commitmentId: 'commit_2025_q2',
        committedLoops: 5000,
        usedLoops: 4000,
        thresholdPercent: 80,
        periodStart: '2025-04-01T00:00:00Z',
        periodEnd: '2025-07-01T00:00:00Z',
        reachedAt: '2025-06-02T11:20:00Z',
      },
    },
    ...federationTypes(),
  ],
}

function loopType(kind: string, example: { loopId: string; from: string; to: string }): CatalogType {
  return {
    type: `loop.${kind}.transitioned`,
    description: `The state of a loop (${kind}) changed.`,
    schema: dataSchema('The loop and its change of state.', {
      loopId: text('The loop.'),
      from: text('The state that it left.'),
      to: text('The state that it is in now.'),
    }),
    example,
  }
}

function importSchema(status: string, required: Fields = {}, optional: Fields = {}) {
  return dataSchema(
    'The import and how it ended.',
    {
      importId: text('The import.'),
      status: oneOf([status], 'How it ended, as the event type says.'),
      totalRows: integer('How many rows there were.'),
      importedRows: integer('How many were taken over.'),
      failedRows: integer('How many were left out.'),
      ...required,
    },
    { filename: text('The file that was imported.'), startedAt: instant('When it began.'), endedAt: instant('When it ended.'), ...optional },
  )
}

function finishedImport() {
  return { importId: 'import_77', filename: 'purchase-orders-june.csv', totalRows: 1200, startedAt: '2025-06-02T07:00:00Z', endedAt: '2025-06-02T07:00:42Z' }
}

function rowErrors() {
  return listOf(
    object('One row that was left out.', { row: integer('Its number, the first being 1.'), message: text('What is wrong with it, in words.') }, { field: text('The column that is wrong.') }),
    'What is wrong with the rows that were left out.',
  )
}

function signalFields(): Fields {
  return { signalId: text('The signal.'), productId: text('The product.'), detectedAt: instant('When it was noticed.') }
}
