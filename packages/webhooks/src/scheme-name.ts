/** Everyone whose webhooks `verify` understands. */
export const schemeNames = [
  'stripe', 'shopify', 'square', 'twilio', 'whatsapp', 'paypal', 'better-data', 'bare-commerce', 'devsphere', 'bear-billing',
  'standard-webhooks', 'svix', 'clerk', 'bigcommerce', 'github', 'slack', 'paddle', 'adyen', 'sendgrid', 'mailgun', 'zoom',
  'linear', 'gitlab', 'intercom', 'woocommerce', 'mollie', 'generic',
] as const

export type SchemeName = (typeof schemeNames)[number]
