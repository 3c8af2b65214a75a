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

async function readStream(request: Request, maxBytes: number): Promise<Uint8Array | 'too_large'> {
  if (request.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = (request.body as ReadableStream<Uint8Array>).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks, size)
    size += value.byteLength
    if (size > maxBytes) {
      void reader.cancel().catch(() => {})
      return 'too_large'
    }
    chunks.push(value)
  }
}
