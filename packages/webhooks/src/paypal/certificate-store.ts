export type FetchCertificate = (url: string) => Promise<string> | string

/**
 * The certificates behind a URL, fetched once for many requests. Kept apart for each way of fetching, so that an injected
 * one never answers for another. What could not be fetched is not remembered: the next request tries again.
 */
export function storedCertificate(url: string, fetchCertificate: FetchCertificate = fetchOverHttps): Promise<string> {
  const known = stores.get(fetchCertificate) ?? new Map<string, Entry>()
  stores.set(fetchCertificate, known)
  const entry = known.get(url)
  if (entry && entry.usableUntil > Date.now()) return entry.pem

  const pem = Promise.resolve().then(() => fetchCertificate(url))
  known.delete(url)
  known.set(url, { pem, usableUntil: Date.now() + keptForMs })
  // A stranger can name as many URLs as there are; the oldest make room.
  for (const oldest of known.keys()) {
    if (known.size <= maxEntries) break
    known.delete(oldest)
  }
  pem.catch(() => { if (known.get(url)?.pem === pem) known.delete(url) })
  return pem
}

/** Forgets a certificate that turned out to be unusable, so that a mended one is fetched. */
export function forgetCertificate(url: string, fetchCertificate: FetchCertificate = fetchOverHttps): void {
  stores.get(fetchCertificate)?.delete(url)
}

interface Entry { pem: Promise<string>; usableUntil: number }

const stores = new WeakMap<FetchCertificate, Map<string, Entry>>()
const keptForMs = 24 * 3600 * 1000
const maxEntries = 64
const maxBytes = 65_536
const maxAtOnce = 8
let underWay = 0

async function fetchOverHttps(url: string): Promise<string> {
  if (underWay >= maxAtOnce) throw new Error(`${maxAtOnce} certificates are being fetched already`)
  underWay += 1
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(5_000) })
    if (!response.ok) throw new Error(`the answer was ${response.status}`)
    const chunks: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length
      if (bytes > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`)
      chunks.push(chunk)
    }
    return pemText(Buffer.concat(chunks))
  } finally {
    underWay -= 1
  }
}

/** Issuers publish DER; everything here works with PEM. */
function pemText(bytes: Buffer): string {
  if (bytes[0] !== 0x30) return bytes.toString('latin1')
  return `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64')}\n-----END CERTIFICATE-----\n`
}
