/** The body of an answer that goes on until one side ends it. What waits for the reader is bounded. */
export class StreamBody {
  readonly readable: ReadableStream<Uint8Array>
  #controller!: ReadableStreamDefaultController<Uint8Array>
  #isOpen = true

  constructor(private readonly partners: { maxWaitingBytes: number; ended: () => void }) {
    this.readable = new ReadableStream<Uint8Array>({
      start: (controller) => { this.#controller = controller },
      cancel: () => this.#close(),
    }, { highWaterMark: partners.maxWaitingBytes, size: (chunk) => chunk.byteLength })
  }

  /** False when nobody reads it any more, or too slowly; then it has ended. */
  send(text: string): boolean {
    if (this.#isOpen && (this.#controller.desiredSize ?? 0) <= 0) this.end()
    if (!this.#isOpen) return false
    this.#controller.enqueue(encoder.encode(text))
    return true
  }

  end(): void {
    if (!this.#isOpen) return
    this.#close()
    this.#controller.close()
  }

  #close(): void {
    this.#isOpen = false
    this.partners.ended()
  }
}

const encoder = new TextEncoder()
