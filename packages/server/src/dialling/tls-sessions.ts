/**
 * TLS sessions to resume, so that the next connection to a host costs a third less. Node does not compare a name with
 * the certificate again when it resumes, so a session belongs to exactly one name and port, and is only kept once
 * that name has been proven. The one unused for longest goes first.
 */
export class TlsSessions {
  readonly #sessions = new Map<string, Buffer>()

  constructor(private readonly limit: number) {}

  get(host: string): Buffer | undefined {
    const session = this.#sessions.get(host)
    if (session !== undefined) this.set(host, session)
    return session
  }

  set(host: string, session: Buffer): void {
    this.#sessions.delete(host)
    this.#sessions.set(host, session)
    if (this.#sessions.size <= this.limit) return
    const [oldest] = this.#sessions.keys()
    if (oldest !== undefined) this.#sessions.delete(oldest)
  }

  delete(host: string): void {
    this.#sessions.delete(host)
  }
}
