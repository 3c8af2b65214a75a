import { verify, type Verdict, type VerifyOptions, type WebhookRequest } from '@posthorn/webhooks'
import type { OpenSource } from './source.js'

export type FetchCertificate = VerifyOptions['fetchCertificate']

export interface Verification {
  /** Where this server is reached from outside, for providers that sign the URL. */
  publicUrl: string | undefined
  /** Unix milliseconds: a receipt that is verified again is as old as it was when it came. */
  at: number
  /** The path that the request came to, when it was another than the source's own. */
  path?: string | undefined
  fetchCertificate?: FetchCertificate
}

/** Verifies a request as its source says. The URL that was signed is configured, never taken from `Host`. */
export async function verifySource(request: WebhookRequest, source: OpenSource, { publicUrl, at, path, fetchCertificate }: Verification): Promise<Verdict> {
  const { provider, secrets, verifyToken, options } = source
  const urls = signedUrls(source, publicUrl, path)
  let verdict: Verdict | undefined
  for (const url of urls) {
    const next = await verify(request, { ...options, scheme: provider, secrets, verifyToken, now: at / 1000, publicUrl: url, notificationUrl: options.notificationUrl ?? url, fetchCertificate })
    if (next.ok) return next
    verdict ??= next
  }
  return verdict as Verdict
}

/** The source's own URL, or where it stands on this server: under its name, and where the request came to. */
function signedUrls({ name, options }: OpenSource, publicUrl: string | undefined, path: string | undefined): (string | undefined)[] {
  if (options.publicUrl !== undefined) return [options.publicUrl]
  if (publicUrl === undefined) return [undefined]
  const own = `/webhooks/${name}`
  return path === undefined || path === own ? [publicUrl + own] : [publicUrl + own, publicUrl + path]
}
