import type { NewSource } from '@posthorn/client'

/** A provider as it is added: what its secret is called there, and where it stands. */
export interface Provider { scheme: NewSource['provider']; title: string; secret: string; where: string; /** Not a secret, but this option proves what it sends. */ option?: string }

export const providers: readonly [Provider, ...Provider[]] = [
  { scheme: 'stripe', title: 'Stripe', secret: 'Signing secret', where: 'Developers → Webhooks → your endpoint → Signing secret (whsec_…).' },
  { scheme: 'shopify', title: 'Shopify', secret: 'Client secret', where: 'Of the app; for webhooks made by hand: Settings → Notifications → Webhooks.' },
  { scheme: 'square', title: 'Square', secret: 'Signature key', where: 'Developer Console → Webhooks → the subscription.' },
  { scheme: 'paypal', title: 'PayPal', secret: 'Webhook id', where: 'Apps & Credentials → your app → Webhooks. Its id is part of what PayPal signs.', option: 'webhookId' },
  { scheme: 'better-data', title: 'Better Data', secret: 'Shared secret', where: 'As agreed with Better Data.' },
  { scheme: 'bare-commerce', title: 'BareCommerce', secret: 'Signing secret', where: 'Store Settings → Webhooks → the webhook.' },
  { scheme: 'bear-billing', title: 'Bear Billing', secret: 'Webhook secret', where: 'In its dashboard, beside the webhook.' },
  { scheme: 'devsphere', title: 'DevSphere', secret: 'Signing secret', where: 'Beside the webhook endpoint.' },
  { scheme: 'github', title: 'GitHub', secret: 'Secret', where: 'Settings → Webhooks → the webhook. Choose content type application/json.' },
  { scheme: 'slack', title: 'Slack', secret: 'Signing secret', where: 'Your app → Basic Information.' },
  { scheme: 'twilio', title: 'Twilio', secret: 'Auth token', where: 'Console → Account Info.' },
  { scheme: 'paddle', title: 'Paddle', secret: 'Secret key', where: 'Developer Tools → Notifications → the destination.' },
  { scheme: 'linear', title: 'Linear', secret: 'Signing secret', where: 'Settings → API → Webhooks.' },
  { scheme: 'gitlab', title: 'GitLab', secret: 'Secret token', where: 'Settings → Webhooks.' },
  { scheme: 'clerk', title: 'Clerk', secret: 'Signing secret', where: 'Webhooks → the endpoint.' },
  { scheme: 'svix', title: 'Svix', secret: 'Signing secret', where: 'Beside the endpoint (whsec_…).' },
  { scheme: 'standard-webhooks', title: 'Standard Webhooks', secret: 'Signing secret', where: 'Whatever the sender calls it (whsec_…).' },
]
