import type { NewSource } from '@posthorn/client'

/** A provider as it is added: what its secret is called there, and what to do there, step by step. */
export interface Provider {
  scheme: NewSource['provider']
  title: string
  secret: string
  steps: readonly string[]
  /** Not `secrets`, but this option is what proves the provider's requests. */
  option?: 'webhookId' | 'publicKey'
  /** It first asks for this token by GET. */
  asksForToken?: true
}

const anyType = 'Choose the events that you want; all of them do no harm.'

export const providers: readonly [Provider, ...Provider[]] = [
  { scheme: 'stripe', title: 'Stripe', secret: 'Signing secret (whsec_…)', steps: ['Developers → Webhooks → Add endpoint.', 'Paste the URL.', anyType, 'Reveal the signing secret of the endpoint and put it in here.'] },
  { scheme: 'shopify', title: 'Shopify', secret: 'Client secret', steps: ['For an app: paste the URL in its webhook configuration; the secret is the client secret of the app.', 'By hand: Settings → Notifications → Webhooks → Create webhook, format JSON; the secret stands below the list.'] },
  { scheme: 'square', title: 'Square', secret: 'Signature key', steps: ['Developer Console → your application → Webhooks → Subscriptions → Add.', 'Paste the URL; it is part of what Square signs, so it has to be exactly the one here.', anyType, 'Show the signature key of the subscription and put it in here.'] },
  { scheme: 'paypal', title: 'PayPal', secret: 'Webhook id', option: 'webhookId', steps: ['Apps & Credentials → your app → Webhooks → Add.', 'Paste the URL.', anyType, 'PayPal shows the webhook with an id; it is part of what is signed. Put it in here.'] },
  { scheme: 'better-data', title: 'Better Data', secret: 'Shared secret', steps: ['Give the URL to Better Data, with the secret that you agree on.'] },
  { scheme: 'bare-commerce', title: 'BareCommerce', secret: 'Signing secret', steps: ['Store Settings → Webhooks → Create webhook.', 'Paste the URL.', anyType, 'Copy the signing secret and put it in here.'] },
  { scheme: 'bear-billing', title: 'Bear Billing', secret: 'Webhook secret', steps: ['Paste the URL where the dashboard asks for the webhook.', 'The secret stands beside it; put it in here.'] },
  { scheme: 'devsphere', title: 'DevSphere', secret: 'Signing secret', steps: ['Register the URL as a webhook endpoint.', 'Its signing secret is shown once; put it in here.'] },
  { scheme: 'github', title: 'GitHub', secret: 'Secret', steps: ['Repository or organization → Settings → Webhooks → Add webhook.', 'Paste the URL and choose the content type application/json.', 'Make up a long secret and put it there and in here.'] },
  { scheme: 'gitlab', title: 'GitLab', secret: 'Secret token', steps: ['Project or group → Settings → Webhooks → Add new webhook.', 'Paste the URL, make up a long secret token and put it there and in here.'] },
  { scheme: 'slack', title: 'Slack', secret: 'Signing secret', steps: ['Your app → Basic Information: copy the signing secret into here first.', 'Event Subscriptions → paste the URL as the request URL; Slack asks it at once.'] },
  { scheme: 'twilio', title: 'Twilio', secret: 'Auth token', steps: ['Copy the auth token from the console into here.', 'Paste the URL at the number or messaging service; it is part of what Twilio signs.'] },
  { scheme: 'whatsapp', title: 'WhatsApp (Meta)', secret: 'App secret', asksForToken: true, steps: ['Meta for Developers → your app → Settings → Basic: copy the app secret into here.', 'WhatsApp → Configuration: paste the URL and the verify token; Meta asks for it at once.'] },
  { scheme: 'paddle', title: 'Paddle', secret: 'Secret key', steps: ['Developer Tools → Notifications → New destination.', 'Paste the URL.', 'Edit destination → copy the secret key into here.'] },
  { scheme: 'sendgrid', title: 'SendGrid', secret: 'Verification key', option: 'publicKey', steps: ['Settings → Mail Settings → Event Webhooks: paste the URL.', 'Turn on Signature Verification and copy the key into here.'] },
  { scheme: 'mailgun', title: 'Mailgun', secret: 'HTTP webhook signing key', steps: ['Sending → Webhooks → paste the URL.', 'Settings → API security: copy the webhook signing key into here.'] },
  { scheme: 'adyen', title: 'Adyen', secret: 'HMAC key (hex)', steps: ['Developers → Webhooks → Standard webhook: paste the URL.', 'Security → generate an HMAC key and put it in here.'] },
  { scheme: 'mollie', title: 'Mollie', secret: 'Signing secret', steps: ['Developers → Webhooks → paste the URL.', 'Copy the signing secret into here.'] },
  { scheme: 'zoom', title: 'Zoom', secret: 'Secret token', steps: ['Your app → Features → Event Subscriptions: copy the secret token into here.', 'Paste the URL and press Validate.'] },
  { scheme: 'linear', title: 'Linear', secret: 'Signing secret', steps: ['Settings → API → Webhooks → New webhook: paste the URL.', 'Copy the signing secret into here.'] },
  { scheme: 'intercom', title: 'Intercom', secret: 'Client secret', steps: ['Developer Hub → your app → Basic information: copy the client secret into here.', 'Webhooks → paste the URL.'] },
  { scheme: 'woocommerce', title: 'WooCommerce', secret: 'Secret', steps: ['WooCommerce → Settings → Advanced → Webhooks → Add.', 'Paste the delivery URL, make up a secret, and put it there and in here.'] },
  { scheme: 'bigcommerce', title: 'BigCommerce', secret: 'Client secret', steps: ['Register the URL with the webhooks API of the store.', 'The secret is the client secret of the app.'] },
  { scheme: 'clerk', title: 'Clerk', secret: 'Signing secret (whsec_…)', steps: ['Webhooks → Add endpoint: paste the URL.', 'Copy the signing secret into here.'] },
  { scheme: 'svix', title: 'Svix', secret: 'Signing secret (whsec_…)', steps: ['Add the URL as an endpoint.', 'Copy its signing secret into here.'] },
  { scheme: 'standard-webhooks', title: 'Standard Webhooks', secret: 'Signing secret (whsec_…)', steps: ['Give the sender the URL.', 'Put the signing secret that it shows in here.'] },
  { scheme: 'generic', title: 'Another sender (HMAC)', secret: 'Secret', steps: ['Give the sender the URL and agree on a secret.', 'Its documentation says which header carries the signature and what is signed; put both in here.'] },
]

/** Of whatever is newer than this list, only what is common is known. */
export function providerOf(scheme: string): Provider {
  return providers.find((provider) => provider.scheme === scheme) ?? { scheme: scheme as Provider['scheme'], title: scheme, secret: 'Secret', steps: ['Give the sender the URL and the secret.'] }
}
