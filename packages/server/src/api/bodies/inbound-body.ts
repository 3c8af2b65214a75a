import { readStream } from './read-stream.js'

/**
 * Reads a webhook's body as the bytes that came, whatever they claim to be: never more of them than allowed, and never
 * longer than allowed, however slowly they drip.
 */
export async function readInboundBody(request: Request, { maxBodyBytes, readWithinMs }: { maxBodyBytes: number; readWithinMs: number }): Promise<Uint8Array | 'too_large' | 'too_slow'> {
  if (request.method === 'GET') return new Uint8Array()
  const announced = request.headers.get('content-length')
  const isAnnounced = announced !== null && /^\d{1,15}$/.test(announced)
  if (isAnnounced && Number(announced) > maxBodyBytes) return 'too_large'

  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'too_slow'>((resolve) => { timer = setTimeout(() => resolve('too_slow'), readWithinMs) })
  // A length that was announced is the length that the HTTP parser lets through.
  const reading = isAnnounced ? request.arrayBuffer().then((buffer) => new Uint8Array(buffer)) : readStream(request, maxBodyBytes)
  // A sender that hangs up meanwhile gets no answer; what the reading says then is nobody's fault.
  const read = reading.catch((): 'too_slow' => 'too_slow')
  try {
    return await Promise.race([read, late])
  } finally {
    clearTimeout(timer)
  }
}
