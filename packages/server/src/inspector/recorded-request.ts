import type { SignatureCheck } from './signature-check.js'

/** One request as it arrived at an inspector. */
export interface RecordedRequest {
  /** Counts up from 1 within its inspector. */
  number: number
  at: number
  method: string
  /** What came behind the inspector's own URL, query included. */
  path: string
  headers: readonly (readonly [name: string, value: string])[]
  /** The bytes; only the beginning where it was too large. */
  body: Uint8Array
  isTooLarge: boolean
  /** What it was answered with. */
  status: number
  /** Undefined while no endpoint is known that sends here. Made when the request came, by the secrets and the clock of then. */
  check: Promise<SignatureCheck | undefined>
}
