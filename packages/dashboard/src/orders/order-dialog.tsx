import { StateBadge } from '../pieces/badge.js'
import { Dialog } from '../pieces/dialog.js'
import { FactList } from '../pieces/facts.js'
import { Instant } from '../pieces/instant.js'
import type { Order } from '@posthorn/client'

export function OrderDialog({ order: { id, orderNumber, status, paymentStatus, customerId, total, currency, items, shippingAddress, createdAt, updatedAt }, onClose }: { order: Order; onClose: () => void }) {
  return (
    <Dialog title={orderNumber} isOpen onClose={onClose}>
      <FactList className="-m-4 grid grid-cols-2" facts={[
        ['Order', <StateBadge state={status} />], ['Payment', <StateBadge state={paymentStatus} />], ['Total', `${total} ${currency.toUpperCase()}`], ['Customer', <span className="mono break-all">{customerId ?? '–'}</span>],
        ['Made', <Instant at={createdAt} />], ['Last told of', <Instant at={updatedAt} />], ['Id', <span className="mono break-all">{id}</span>],
        shippingAddress !== null && ['Shipped to', [shippingAddress.name, shippingAddress.line1, shippingAddress.line2, `${shippingAddress.postalCode ?? ''} ${shippingAddress.city}`, shippingAddress.country].filter(Boolean).join(', ')],
      ]} />
      {items.length === 0 ? <p className="text-faint">No provider has told its items.</p> : (
        <table className="list"><thead><tr><th>Item</th><th className="text-right!">Quantity</th><th className="text-right!">Total</th></tr></thead>
          <tbody>{items.map((item) => <tr key={item.id}><td>{item.title}{item.sku !== null && <span className="mono ml-2 text-faint">{item.sku}</span>}</td><td className="text-right tabular-nums">{item.quantity}</td><td className="text-right tabular-nums">{item.total}</td></tr>)}</tbody></table>
      )}
    </Dialog>
  )
}
