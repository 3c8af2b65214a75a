// What Bear Billing's "Webhooks Guide" prints for Express, steps 1 to 3.
import { expressWebhook } from '@posthorn/webhooks/express'
import express from 'express'
import { onInvoicePaid, onInvoicePaymentFailed, onSubscriptionCreated } from './your-shop.js'

export const app = express()

app.post('/webhooks/bearbilling', expressWebhook({
  scheme: 'bear-billing',
  secret: process.env['BEARBILLING_WEBHOOK_SECRET'],
  on: {
    'subscription.created': (event) => onSubscriptionCreated(event.data),
    'invoice.paid': (event) => onInvoicePaid(event.data),
    'invoice.payment_failed': (event) => onInvoicePaymentFailed(event.data),
  },
}))
