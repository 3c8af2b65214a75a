/** What the server could not do: what happened and what to do about it. */
export class ServerProblem extends Error {
  override readonly name = 'ServerProblem'
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly fix: string

  constructor({ status, code, title, detail, fix }: { status: number; code: string; title: string; detail: string; fix: string }, cause?: unknown) {
    super(detail || title, { cause })
    this.status = status
    this.code = code
    this.detail = detail || title
    this.fix = fix
  }

  /** Out of an answer; one that is no problem of ours comes from something in between. */
  static read(status: number, text: string): ServerProblem {
    try {
      const { code = 'unknown', title = '', detail = '', fix = '' } = JSON.parse(text) as Partial<ServerProblem> & { title?: string }
      return new ServerProblem({ status, code, title, detail, fix })
    } catch (cause) {
      return new ServerProblem({ status, code: 'unreadable', title: '', detail: `The answer (${status}) is none of this server's.`, fix: 'Check the proxy between this browser and Posthorn.' }, cause)
    }
  }
}
