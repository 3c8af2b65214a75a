// webhooks/barecommerce.ts: what BareCommerce's "Webhooks" page prints for Express. A failure is a 500, and BareCommerce comes again.
import { expressWebhook } from '@posthorn/webhooks/express'
import express from 'express'
import { handleOrderCreated } from './your-shop.js'

export const router = express.Router()

router.post('/webhooks/barecommerce', expressWebhook({
  scheme: 'bare-commerce',
  secret: process.env['WEBHOOK_SECRET'],
  on: { 'order.created': (event) => handleOrderCreated(event.data) },
}))
