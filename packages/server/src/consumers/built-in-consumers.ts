import { billingConsumer } from '../billing/billing-consumer.js'
import { inventoryConsumer } from '../inventory/inventory-consumer.js'
import { ordersConsumer } from '../orders/orders-consumer.js'
import type { Consumer } from './consumer.js'
import type { ConsumerName } from './consumer-names.js'

export const builtInConsumers: Readonly<Record<ConsumerName, Consumer>> = { billing: billingConsumer, orders: ordersConsumer, inventory: inventoryConsumer }
