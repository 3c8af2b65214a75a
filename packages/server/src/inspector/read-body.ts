/** Reads a body up to a limit. What is beyond is not waited for. */
export async function readBody(request: Request, maxBytes: number): Promise<{ bytes: Uint8Array; isTooLarge: boolean }> {
  if (request.body === null) return { bytes: new Uint8Array(), isTooLarge: false }
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = (request.body as ReadableStream<Uint8Array>).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { bytes: joined(chunks, size), isTooLarge: false }
    chunks.push(value)
    size += value.byteLength
    if (size > maxBytes) {
      void reader.cancel().catch(() => {})
      return { bytes: joined(chunks, size).slice(0, shownOfTooLarge), isTooLarge: true }
    }
  }
}

/** So that one can see what it was. */
const shownOfTooLarge = 4 * 1024

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  // A copy of its own: a slice would keep the whole buffer that it came in.
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}
