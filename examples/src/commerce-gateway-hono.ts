// What the Commerce Gateway document shows under "Setup (Self-hosted)": only the import has another name.
import { createWebhookHandler } from '@posthorn/webhooks'
import { Hono } from 'hono'
import { closeConversation, updateCache } from './your-shop.js'

const handler = createWebhookHandler({
  secret: process.env['WEBHOOK_SECRET'],
  // Square signs this URL together with the body.
  notificationUrl: process.env['SQUARE_NOTIFICATION_URL'],
  onInventoryChange: async ({ productId, available }) => {
    await updateCache(productId, available)
  },
  onOrderComplete: async ({ sessionId, orderId }) => {
    await closeConversation(sessionId, orderId)
  },
})

export const app = new Hono()

app.post('/api/webhooks', async (c) => {
  return await handler.handle(c.req)
})
