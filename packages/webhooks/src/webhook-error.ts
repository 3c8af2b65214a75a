/** An error that the caller must act on: `message` says what happened, `fix` what to do next. */
export class WebhookError extends Error {
  readonly code: string
  readonly fix: string

  constructor(code: string, { message, fix, cause }: { message: string; fix: string; cause?: unknown }) {
    super(`${message} ${fix}`, cause === undefined ? undefined : { cause })
    this.name = 'WebhookError'
    this.code = code
    this.fix = fix
  }
}
