import { write, writeSync } from 'node:fs'

/**
 * Writes lines to a file descriptor in few large pieces, off the event loop: a line costs the caller a push.
 * What is written within the last `maxWaitMs` is lost by SIGKILL; every other end of the process keeps it.
 */
export class LineWriter {
  readonly #fd: number
  readonly #maxWaitMs: number
  readonly #maxPendingChars: number
  readonly #onFault: (fault: Error) => void

  #lines: string[] = []
  #pendingChars = 0
  #droppedLines = 0
  /** What a write took only in part, or could not take just now. It goes out before any newer line. */
  #remainder: Buffer | undefined
  #isWriting = false
  /** After a fault, until it is time to look again. */
  #isResting = false
  #isClosed = false
  #faultCode: string | undefined
  #timer: NodeJS.Timeout | undefined
  #whenIdle: (() => void)[] = []
  readonly #atExit = () => this.#writeRestAtExit()

  constructor(fd: number, options: { maxWaitMs?: number; maxPendingChars?: number; onFault?: (fault: Error) => void } = {}) {
    this.#fd = fd
    this.#maxWaitMs = options.maxWaitMs ?? 100
    this.#maxPendingChars = options.maxPendingChars ?? 16 * 1024 * 1024
    this.#onFault = options.onFault ?? (() => {})
    process.on('exit', this.#atExit)
  }

  /** `line` ends in a line feed. Where nobody takes the lines, memory is bounded: new ones are dropped and counted. */
  write(line: string): void {
    if (this.#isClosed) return
    if (this.#pendingChars + line.length > this.#maxPendingChars) {
      this.#droppedLines++
      return
    }
    this.#lines.push(line)
    this.#pendingChars += line.length
    if (this.#pendingChars >= pieceChars) this.#start()
    else this.#startLater(this.#maxWaitMs)
  }

  /** Resolves when every line so far is with the operating system, or the reader has gone. */
  flush(): Promise<void> {
    this.#start()
    if (!this.#isWriting && !this.#hasWork()) return Promise.resolve()
    return new Promise((resolve) => this.#whenIdle.push(resolve))
  }

  /**
   * Flushes, but waits no longer than `patienceMs` for a reader that has stopped reading. True when nothing is being
   * written any more, so that the descriptor may be closed (which is the caller's to do).
   */
  async close(patienceMs = 2_000): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => { timer = setTimeout(resolve, patienceMs) })
    await Promise.race([this.flush(), patience])
    clearTimeout(timer)
    this.#giveUp()
    return !this.#isWriting
  }

  #hasWork(): boolean {
    return this.#remainder !== undefined || this.#lines.length > 0
  }

  #startLater(waitMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#isResting = false
      this.#start()
    }, waitMs).unref()
  }

  #start(): void {
    if (this.#isWriting || this.#isResting || this.#isClosed) return
    if (!this.#hasWork()) return this.#tellIdle()
    const piece = this.#takePiece()
    this.#isWriting = true
    write(this.#fd, piece, 0, piece.length, null, (error, written) => {
      this.#isWriting = false
      if (error) this.#afterFault(error, piece)
      else this.#afterWrite(piece, written)
    })
  }

  #afterWrite(piece: Buffer, written: number): void {
    if (written < piece.length) this.#remainder = piece.subarray(written)
    this.#faultCode = undefined
    if (this.#droppedLines > 0) {
      this.#lines.push(`${JSON.stringify({ level: 'warn', time: Date.now(), event: 'log.dropped', lines: this.#droppedLines })}\n`)
      this.#droppedLines = 0
    }
    if (this.#remainder || this.#pendingChars >= pieceChars || this.#whenIdle.length > 0) this.#start()
    else if (this.#hasWork()) this.#startLater(this.#maxWaitMs)
  }

  #afterFault(fault: NodeJS.ErrnoException, piece: Buffer): void {
    // Whoever read the log has gone: nobody is left to tell, and webhooks go on.
    if (fault.code === 'EPIPE') return this.#giveUp()

    // A full pipe, a full disk: keep what fits in memory and look again later. Told once, not once per piece.
    this.#remainder = piece
    if (fault.code !== 'EAGAIN' && fault.code !== this.#faultCode) {
      this.#faultCode = fault.code
      this.#onFault(fault)
    }
    if (this.#isClosed) return
    this.#isResting = true
    this.#startLater(fault.code === 'EAGAIN' ? 20 : 1_000)
  }

  #takePiece(): Buffer {
    const piece = this.#remainder ?? Buffer.from(this.#lines.join(''), 'utf8')
    if (this.#remainder) {
      this.#remainder = undefined
    } else {
      this.#lines = []
      this.#pendingChars = 0
    }
    return piece
  }

  #tellIdle(): void {
    const waiting = this.#whenIdle
    this.#whenIdle = []
    for (const resolve of waiting) resolve()
  }

  #giveUp(): void {
    this.#isClosed = true
    this.#lines = []
    this.#pendingChars = 0
    this.#remainder = undefined
    clearTimeout(this.#timer)
    process.off('exit', this.#atExit)
    this.#tellIdle()
  }

  /** A piece that is being written is not written again: libuv finishes it before the process is gone. */
  #writeRestAtExit(): void {
    try {
      while (this.#hasWork()) {
        const piece = this.#takePiece()
        const written = writeSync(this.#fd, piece)
        if (written < piece.length) this.#remainder = piece.subarray(written)
      }
    } catch {
      // The process is ending, and the log is the only place where this could be told.
    }
  }
}

const pieceChars = 64 * 1024
