import { github } from './github.js'
import type { SigningScheme } from './signing-scheme.js'

/** Meta took over GitHub's header; the key is the app secret. https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads */
export const whatsapp: SigningScheme = { ...github, name: 'whatsapp' }
