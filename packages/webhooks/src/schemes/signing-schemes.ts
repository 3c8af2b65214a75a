import { bareCommerce } from './bare-commerce.js'
import { bearBilling } from './bear-billing.js'
import { betterData } from './better-data.js'
import { devsphere } from './devsphere.js'
import { github } from './github.js'
import { shopify } from './shopify.js'
import type { SigningScheme } from './signing-scheme.js'
import { slack } from './slack.js'
import { standard } from './standard.js'
import { stripe } from './stripe.js'
import { svix } from './svix.js'

/** The schemes that a sender can pick by name. */
export const signingSchemes = {
  standard,
  svix,
  stripe,
  'bare-commerce': bareCommerce,
  'bear-billing': bearBilling,
  devsphere,
  'better-data': betterData,
  github,
  shopify,
  slack,
} as const satisfies Record<string, SigningScheme>

export type SigningSchemeName = keyof typeof signingSchemes
