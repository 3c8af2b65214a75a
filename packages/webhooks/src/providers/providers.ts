import type { Provider } from '../provider.js'
import type { SchemeName } from '../scheme-name.js'
import { adyenProvider } from './adyen.js'
import { bareCommerceProvider, bearBillingProvider, betterDataProvider, devsphereProvider } from './documented-senders.js'
import { genericProvider } from './generic.js'
import { githubProvider } from './github.js'
import { gitlabProvider } from './gitlab.js'
import { intercomProvider } from './intercom.js'
import { linearProvider } from './linear.js'
import { mailgunProvider } from './mailgun.js'
import { mollieProvider } from './mollie.js'
import { paddleProvider } from './paddle.js'
import { sendgridProvider } from './sendgrid.js'
import { shopifyProvider } from './shopify.js'
import { slackProvider } from './slack.js'
import { squareProvider } from './square.js'
import { bigcommerceProvider, clerkProvider, standardWebhooksProvider, svixProvider } from './standard-webhooks.js'
import { stripeProvider } from './stripe.js'
import { twilioProvider } from './twilio.js'
import { whatsappProvider } from './whatsapp.js'
import { woocommerceProvider } from './woocommerce.js'
import { zoomProvider } from './zoom.js'

/** Everyone but PayPal, which needs Node's certificates and is reached on its own. */
export const providers: Readonly<Record<Exclude<SchemeName, 'paypal'>, Provider>> = {
  stripe: stripeProvider,
  shopify: shopifyProvider,
  square: squareProvider,
  twilio: twilioProvider,
  whatsapp: whatsappProvider,
  'better-data': betterDataProvider,
  'bare-commerce': bareCommerceProvider,
  devsphere: devsphereProvider,
  'bear-billing': bearBillingProvider,
  'standard-webhooks': standardWebhooksProvider,
  svix: svixProvider,
  clerk: clerkProvider,
  bigcommerce: bigcommerceProvider,
  github: githubProvider,
  slack: slackProvider,
  paddle: paddleProvider,
  adyen: adyenProvider,
  sendgrid: sendgridProvider,
  mailgun: mailgunProvider,
  zoom: zoomProvider,
  linear: linearProvider,
  gitlab: gitlabProvider,
  intercom: intercomProvider,
  woocommerce: woocommerceProvider,
  mollie: mollieProvider,
  generic: genericProvider,
}
