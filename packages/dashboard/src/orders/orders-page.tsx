import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { StateBadge } from '../pieces/badge.js'
import { Empty } from '../pieces/empty.js'
import { Instant } from '../pieces/instant.js'
import { ListTable } from '../pieces/list-table.js'
import { PageHead } from '../pieces/page-head.js'
import { posthorn } from '../server/posthorn.js'
import { useList } from '../server/reading.js'
import { OrderDialog } from './order-dialog.js'
import type { Order } from '@posthorn/client'

/** What the orders consumer made of payments. */
export function OrdersPage() {
  const { org = '' } = useParams({ strict: false })
  const list = useList(['orders', org], posthorn.orders.list(org))
  const [opened, setOpened] = useState<Order>()
  return (
    <>
      <PageHead title="Orders" about="Made out of what payment providers tell: one order a payment, whoever tells of it and however often." />
      <ListTable list={list} label="Orders" head={<><th>Order</th><th className="max-sm:hidden">Customer</th><th className="text-right! max-md:hidden">Items</th><th className="text-right!">Total</th><th className="max-md:hidden">Time</th><th>Payment</th></>}
        row={(order) => <OrderRow key={order.id} order={order} onOpen={() => setOpened(order)} />}
        empty={<Empty title="No order yet">Orders are made when a payment of this organization succeeds at one of the sources. The organization needs the consumer “orders”, which the catalog bare-commerce brings along.</Empty>} />
      {opened !== undefined && <OrderDialog order={opened} onClose={() => setOpened(undefined)} />}
    </>
  )
}

function OrderRow({ order: { orderNumber, customerId, items, total, currency, createdAt, paymentStatus }, onOpen }: { order: Order; onOpen: () => void }) {
  return (
    <tr>
      <td className="font-medium whitespace-nowrap"><button type="button" data-row onClick={onOpen}>{orderNumber}</button></td>
      <td className="mono w-full max-w-0 truncate text-faint max-sm:hidden">{customerId ?? '–'}</td>
      <td className="text-right tabular-nums text-faint max-md:hidden">{items.length}</td>
      <td className="text-right tabular-nums whitespace-nowrap">{total} {currency.toUpperCase()}</td>
      <td className="text-faint max-md:hidden"><Instant at={createdAt} /></td>
      <td><StateBadge state={paymentStatus} /></td>
    </tr>
  )
}
