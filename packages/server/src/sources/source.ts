import type { SchemeName, VerifyOptions } from '@posthorn/webhooks'

/** Where webhooks of one provider come in: its name is the last word of the URL. */
export interface Source {
  id: number
  name: string
  /** The scheme by which its requests are verified. */
  provider: SchemeName
  /** Whose events these are; null: each event says so itself. */
  organizationId: number | null
  /** The secrets and the verify token, sealed; null where a setting of the server is this source. */
  sealed: string | null
  options: SourceOptions
  /** It is there because a setting is, and cannot be changed by anything else. */
  isManaged: boolean
  state: SourceState
  createdAt: number
  updatedAt: number
}

export const sourceStates = ['enabled', 'paused'] as const
export type SourceState = (typeof sourceStates)[number]

/** What a provider's verification needs beside secrets; none of it is one. */
export interface SourceOptions extends Pick<VerifyOptions,
  'publicUrl' | 'notificationUrl' | 'publicKey' | 'webhookId' | 'intermediates' | 'trustAnchors' | 'toleranceSeconds' | 'variant' | 'timestampHeader' | 'secretEncoding'
  | 'header' | 'algorithm' | 'encoding' | 'prefix' | 'signedParts' | 'idHeader' | 'timestampUnit'> {
  /** Twilio: what accepted requests are answered with. */
  answer?: 'twiml' | 'empty'
}

/** What is sealed of a source. */
export interface SourceSecrets { secrets: string[]; verifyToken?: string | undefined }

/** A sealed value that is copied to another source does not open there. */
export const sourceSealContext = (name: string): string => `source:${name}`

/** Part of a URL, so letters, digits, "_" and "-". */
export const sourceNamePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/

/** A source with all that verifying needs, in the clear: it lives in memory only. */
export interface OpenSource extends SourceSecrets {
  id: number
  name: string
  provider: SchemeName
  organizationId: number | null
  options: SourceOptions
  state: SourceState
}

export interface SourceRow {
  id: number
  name: string
  provider: string
  organization_id: number | null
  sealed: string | null
  options: string
  managed: number
  state: number
  created_at: number
  updated_at: number
}

export function asSource(row: SourceRow): Source {
  return {
    id: row.id, name: row.name, provider: row.provider as SchemeName, organizationId: row.organization_id, sealed: row.sealed, options: JSON.parse(row.options) as SourceOptions,
    isManaged: row.managed === 1, state: sourceStates[row.state] as SourceState, createdAt: row.created_at, updatedAt: row.updated_at,
  }
}
