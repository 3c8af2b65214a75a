/** Reads a body whose length nobody has announced, and no further than `maxBytes`. */
export async function readStream(request: Request, maxBytes: number): Promise<Buffer | 'too_large'> {
  if (request.body === null) return Buffer.alloc(0)
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
