import { useParams } from '@tanstack/react-router'
import { StateBadge } from '../pieces/badge.js'
import { Empty } from '../pieces/empty.js'
import { Instant } from '../pieces/instant.js'
import { Loading } from '../pieces/loading.js'
import { More } from '../pieces/more.js'
import { PageHead } from '../pieces/page-head.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useList } from '../server/reading.js'

/** What the orders consumer made of payments. */
export function OrdersPage() {
  const { org = '' } = useParams({ strict: false })
  const list = useList(['orders', org], posthorn.orders.list(org))
  return (
    <>
      <PageHead title="Orders" about="Made out of what payment providers tell: one order a payment, whoever tells of it and however often." />
      <ProblemNote error={list.error} />
      <div className="card overflow-hidden">
        {list.items === undefined ? !list.error && <Loading /> : list.items.length === 0 ? <Empty title="No order yet">Orders are made when a payment of this organization succeeds at one of the sources. The organization needs the consumer “orders”, which the catalog bare-commerce brings along.</Empty> : (
          <table className="list">
            <thead><tr><th>Order</th><th className="max-sm:hidden">Customer</th><th className="text-right!">Total</th><th className="max-md:hidden">Time</th><th>Payment</th></tr></thead>
            <tbody>{list.items.map((order) => (
              <tr key={order.id}>
                <td className="font-medium">{order.orderNumber}</td><td className="mono max-w-60 truncate text-faint max-sm:hidden">{order.customerId ?? '–'}</td>
                <td className="text-right tabular-nums whitespace-nowrap">{order.total} {order.currency.toUpperCase()}</td><td className="text-faint max-md:hidden"><Instant at={order.createdAt} /></td><td><StateBadge state={order.paymentStatus} /></td>
              </tr>
            ))}</tbody>
          </table>
        )}
        <More {...list} />
      </div>
    </>
  )
}
