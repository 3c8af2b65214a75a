import { signingSchemes, type FormatDefinition } from './format.js'

/** The formats that are built in, each as its system documents it to receivers. */
export const builtInFormats = {
  // Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
  standard: {
    name: 'standard',
    envelope: ['{"type":', { of: 'type' }, ',"timestamp":', { of: 'occurredAtIso' }, ',"data":', { of: 'data' }, '}'],
    headers: {},
    signature: signingSchemes.standard,
  },
  // BareCommerce, "Webhook Payload Format".
  'bare-commerce': {
    name: 'bare-commerce',
    envelope: ['{"type":', { of: 'type' }, ',"id":', { of: 'id' }, ',"timestamp":', { of: 'occurredAtIso' }, ',"storeId":', { of: 'organizationId' }, ',"data":', { of: 'data' }, '}'],
    headers: {},
    signature: signingSchemes['bare-commerce'],
  },
  // Bear Billing, "Example Payloads".
  'bear-billing': {
    name: 'bear-billing',
    envelope: ['{"id":', { of: 'id' }, ',"type":', { of: 'type' }, ',"created_at":', { of: 'occurredAtIso' }, ',"data":', { of: 'data' }, '}'],
    headers: {},
    signature: signingSchemes['bear-billing'],
  },
  // DevSphere OS, "Webhook Architecture": the signature header is documented, the envelope follows the event stream's fields.
  devsphere: {
    name: 'devsphere',
    envelope: ['{"id":', { of: 'id' }, ',"type":', { of: 'type' }, ',"timestamp":', { of: 'occurredAtIso' }, ',"organizationId":', { of: 'organizationId' }, ',"data":', { of: 'data' }, '}'],
    headers: {},
    signature: signingSchemes.devsphere,
  },
  // Better Data, "Webhook Security".
  'better-data': {
    name: 'better-data',
    envelope: ['{"id":', { of: 'id' }, ',"type":', { of: 'type' }, ',"timestamp":', { of: 'occurredAtIso' }, ',"data":', { of: 'data' }, '}'],
    headers: {},
    signature: signingSchemes['better-data'],
  },
  // https://docs.stripe.com/api/events/object
  stripe: {
    name: 'stripe',
    envelope: ['{"id":', { of: 'id' }, ',"object":"event","type":', { of: 'type' }, ',"created":', { of: 'occurredAtSeconds' }, ',"data":{"object":', { of: 'data' }, '}}'],
    headers: {},
    signature: signingSchemes.stripe,
  },
  // https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
  github: {
    name: 'github',
    envelope: [{ of: 'data' }],
    headers: { 'X-GitHub-Event': { of: 'type' }, 'X-GitHub-Delivery': { of: 'id' } },
    signature: signingSchemes.github,
  },
  // https://shopify.dev/docs/apps/build/webhooks/subscribe/https
  shopify: {
    name: 'shopify',
    envelope: [{ of: 'data' }],
    headers: { 'X-Shopify-Topic': { of: 'type' }, 'X-Shopify-Webhook-Id': { of: 'id' }, 'X-Shopify-Event-Id': { of: 'id' }, 'X-Shopify-Triggered-At': { of: 'occurredAtIso' } },
    signature: signingSchemes.shopify,
  },
  // An incoming webhook of Slack takes a message: https://api.slack.com/messaging/webhooks
  slack: {
    name: 'slack',
    envelope: ['{"text":', { of: 'slackText' }, '}'],
    headers: {},
    signature: signingSchemes.slack,
  },
} satisfies Record<string, FormatDefinition>
