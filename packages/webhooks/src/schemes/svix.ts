import type { SigningScheme } from './signing-scheme.js'
import { standard } from './standard.js'

/** Svix: what Standard Webhooks grew out of, under its own header names. https://docs.svix.com/receiving/verifying-payloads/how-manual */
export const svix: SigningScheme = {
  ...standard,
  name: 'svix',
  header: 'svix-signature',
  idHeader: 'svix-id',
  timestampHeader: 'svix-timestamp',
}
