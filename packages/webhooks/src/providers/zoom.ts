import { checkHmac } from '../check-hmac.js'
import { hex } from '../encoding.js'
import { textAt } from '../exact-json.js'
import type { Provider } from '../provider.js'
import { zoom } from '../schemes/zoom.js'

export const zoomProvider: Provider = {
  check: (request, settings) => checkHmac(zoom, request, settings),
  async read({ json }, proof) {
    const type = textAt(json, 'event')
    const plainToken = textAt(json, 'payload', 'plainToken')
    if (type !== 'endpoint.url_validation' || plainToken === undefined || !proof.sign) return { type }
    // Zoom checks that we know the secret, by having us sign its token.
    const encryptedToken = hex(await proof.sign(plainToken))
    return { type, handshake: { status: 200, contentType: 'application/json', body: JSON.stringify({ plainToken, encryptedToken }) } }
  },
}
