import type { Attempt } from '@posthorn/client'

/** How a receiver proves an attempt: which header, over which bytes, with which key. */
export interface Proof {
  header: string
  headerValue: string
  /** The signatures in it; any one that matches is enough. */
  signatures: string[]
  /** The bytes that were signed, and what they are in words. */
  signed: string
  signedAbout: string
  encoding: 'hex' | 'base64'
  /** The key of the HMAC is what stands after "whsec_", decoded from base64. */
  isKeyDecoded: boolean
}

export function proofOf(format: string, { requestHeaders }: Pick<Attempt, 'requestHeaders'>, body: string): Proof | undefined {
  const headers = new Map(Object.entries(requestHeaders).map(([name, value]) => [name.toLowerCase(), value]))
  const header = headerOf[format]
  const value = header === undefined ? undefined : headers.get(header.toLowerCase())
  if (header === undefined || value === undefined) return undefined
  const plain = { header, headerValue: value, signed: body, signedAbout: 'the raw body, byte for byte', isKeyDecoded: false }

  if (format === 'standard') {
    const signed = `${headers.get('webhook-id') ?? ''}.${headers.get('webhook-timestamp') ?? ''}.${body}`
    return { ...plain, signed, signedAbout: 'webhook-id, a dot, webhook-timestamp, a dot, and the raw body', signatures: value.split(' ').filter((part) => part.startsWith('v1,')).map((part) => part.slice(3)), encoding: 'base64', isKeyDecoded: true }
  }
  if (format === 'stripe') {
    const parts = value.split(',').map((part) => part.split('=', 2))
    const timestamp = parts.find(([name]) => name === 't')?.[1] ?? ''
    return { ...plain, signed: `${timestamp}.${body}`, signedAbout: 'the t of the header, a dot, and the raw body', signatures: parts.filter(([name]) => name === 'v1').map(([, signature]) => signature ?? ''), encoding: 'hex' }
  }
  if (format === 'shopify') return { ...plain, signatures: [value], encoding: 'base64' }
  return { ...plain, signatures: [value.replace(/^sha256=/, '')], encoding: 'hex' }
}

const headerOf: Readonly<Record<string, string>> = {
  standard: 'webhook-signature', stripe: 'Stripe-Signature', 'bare-commerce': 'X-Webhook-Signature', 'bear-billing': 'x-bearbilling-signature', devsphere: 'X-Signature',
  'better-data': 'x-betterdata-signature', github: 'X-Hub-Signature-256', shopify: 'X-Shopify-Hmac-Sha256',
}
