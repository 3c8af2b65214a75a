/** What else the sender may have been told as our URL, when the configured one does not fit. Only to name the difference, never to accept. */
export function likelyUrls(configured: string, requested: string): string[] {
  const urls = new Set<string>()
  const vary = (url: string) => {
    urls.add(url)
    urls.add(url.endsWith('/') ? url.slice(0, -1) : `${url}/`)
    urls.add(url.startsWith('https:') ? url.replace('https:', 'http:') : url.replace('http:', 'https:'))
  }
  vary(configured)
  vary(configured.split('?', 1)[0]!)

  try {
    const asked = new URL(requested, configured)
    const pathAndQuery = asked.pathname + asked.search
    vary(asked.href)
    vary(new URL(configured).origin + pathAndQuery)
  } catch {
    // No usable URL came with the request: the variations of the configured one have to do.
  }
  urls.delete(configured)
  return [...urls].slice(0, 12)
}
