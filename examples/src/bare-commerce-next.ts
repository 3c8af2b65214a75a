// app/api/webhooks/barecommerce/route.ts: what BareCommerce's "Webhooks" page prints for Next's App Router, with duplicates dropped as well.
import { nextWebhook } from '@posthorn/webhooks/next'
import { handleOrderCreated, handleOrderUpdated, handleProductCreated } from './your-shop.js'

export const POST = nextWebhook({
  scheme: 'bare-commerce',
  secret: process.env['WEBHOOK_SECRET'],
  on: {
    'order.created': (event) => handleOrderCreated(event.data),
    'order.updated': (event) => handleOrderUpdated(event.data),
    'product.created': (event) => handleProductCreated(event.data),
  },
})
