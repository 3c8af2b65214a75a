/**
 * The URL, when it may be asked for a certificate. It stands in a header that anyone can send, so only PayPal's own API
 * hosts over https count, spelled plainly: a look-alike would hand us a certificate of the attacker's.
 */
export function certificateUrl(text: string): URL | undefined {
  if (text.length > 512 || !/^https:\/\/[a-z0-9.-]+\/[A-Za-z0-9._~/-]+$/i.test(text)) return undefined
  let url
  try {
    url = new URL(text)
  } catch {
    return undefined
  }
  const isPlain = url.href.toLowerCase() === text.toLowerCase() && url.port === '' && url.username === '' && url.password === ''
  return isPlain && hosts.has(url.hostname) && url.pathname.startsWith('/v1/notifications/') ? url : undefined
}

const hosts = new Set(['api.paypal.com', 'api-m.paypal.com', 'api.sandbox.paypal.com', 'api-m.sandbox.paypal.com'])
