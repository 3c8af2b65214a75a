import type { SchemeName } from '@posthorn/webhooks'

/** One event in the provider's words. */
export interface ProviderEvent {
  provider: SchemeName
  type: string
  /** Parsed without rounding; hostile until read field by field. */
  body: unknown
  header(name: string): string | undefined
}
