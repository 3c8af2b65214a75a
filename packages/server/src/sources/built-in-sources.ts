import type { Settings } from '../config/settings.js'
import type { OpenSource } from './source.js'

/** A source that a setting is: it exists for as long as the server is started with it. */
export type BuiltInSource = Pick<OpenSource, 'name' | 'provider' | 'secrets' | 'verifyToken' | 'options'>

type InboundSettings = Pick<Settings,
  'stripeWebhookSecret' | 'shopifyWebhookSecret' | 'squareWebhookSignatureKey' | 'twilioAuthToken' | 'whatsappAppSecret' | 'whatsappVerifyToken' | 'paypalWebhookId' | 'betterDataWebhookSecret'>

/** The sources that the settings name. A setting may hold several secrets with commas between them while one is rotated. */
export function builtInSources(settings: InboundSettings): BuiltInSource[] {
  const { stripeWebhookSecret, shopifyWebhookSecret, squareWebhookSignatureKey, twilioAuthToken, whatsappAppSecret, whatsappVerifyToken, paypalWebhookId, betterDataWebhookSecret } = settings
  const sources: BuiltInSource[] = []
  if (stripeWebhookSecret !== undefined) sources.push({ name: 'stripe', provider: 'stripe', secrets: listed(stripeWebhookSecret), options: {} })
  if (shopifyWebhookSecret !== undefined) sources.push({ name: 'shopify', provider: 'shopify', secrets: listed(shopifyWebhookSecret), options: {} })
  if (squareWebhookSignatureKey !== undefined) sources.push({ name: 'square', provider: 'square', secrets: listed(squareWebhookSignatureKey), options: {} })
  if (twilioAuthToken !== undefined) sources.push({ name: 'twilio', provider: 'twilio', secrets: listed(twilioAuthToken), options: {} })
  // Both: without the token Meta never begins to send, without the secret nothing could be believed.
  if (whatsappAppSecret !== undefined && whatsappVerifyToken !== undefined) sources.push({ name: 'whatsapp', provider: 'whatsapp', secrets: listed(whatsappAppSecret), verifyToken: whatsappVerifyToken, options: {} })
  if (paypalWebhookId !== undefined) sources.push({ name: 'paypal', provider: 'paypal', secrets: [], options: { webhookId: paypalWebhookId } })
  if (betterDataWebhookSecret !== undefined) sources.push({ name: 'better-data', provider: 'better-data', secrets: listed(betterDataWebhookSecret), options: {} })
  return sources
}

/** The whole text counts too: a secret may have a comma in it. */
function listed(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim()).filter((part) => part !== '')
  return parts.length > 1 ? [...parts, text] : [text]
}
