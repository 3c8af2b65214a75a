/**
 * Why there is no connection to an endpoint. The `errorClass` is what the attempt's log says; `cause` is what the
 * system said. The message may be shown to the endpoint's owner: it never tells what a name resolves to, because inside
 * an operator's network that can be a secret.
 */
export class DialError extends Error {
  override readonly name = 'DialError'
  readonly code: DialErrorClass

  constructor(readonly errorClass: DialErrorClass, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = errorClass
  }
}

export type DialErrorClass = 'dns' | 'connect' | 'tls' | 'timeout' | 'refused_address'

/** The system's own word for an error, such as ECONNREFUSED. */
export function systemCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'unknown'
}
