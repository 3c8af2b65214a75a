import type { Provider, Settings } from './provider.js'
import { received, type WebhookRequest } from './received-request.js'
import { refused, type Verdict } from './verdict.js'
import type { VerifyOptions } from './verify-options.js'

/** Runs one provider over a request: handshake, signature, then what the request says. */
export async function judge(provider: Provider, request: WebhookRequest, options: Omit<VerifyOptions, 'scheme'>): Promise<Verdict> {
  try {
    return await verdictOf(provider, request, options)
  } catch (cause) {
    // A mistake of ours must refuse rather than let through. The tests hold that nothing hostile ever leads here.
    return refused('unreadable', `The request could not be read: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

async function verdictOf(provider: Provider, request: WebhookRequest, options: Omit<VerifyOptions, 'scheme'>): Promise<Verdict> {
  const arrived = received(request)
  if (!arrived) {
    return refused('body_not_bytes', 'The body is not bytes but something parsed: a JSON parser ran first. Read the raw bytes before any body parser and pass those.')
  }

  const settings = settingsOf(provider, options)
  const greeting = provider.greet?.(arrived, settings)
  if (greeting) return 'ok' in greeting ? greeting : { ok: true, handshake: greeting }
  const proof = await provider.check(arrived, settings)
  if (!proof.ok) return proof
  const reading = await provider.read(arrived, proof)
  return withoutUndefined({ ok: true, ...reading, replayId: proof.replayId })
}

function settingsOf(provider: Provider, options: Omit<VerifyOptions, 'scheme'>): Settings {
  const { now, toleranceSeconds } = options
  return {
    ...options,
    secrets: (options.secrets ?? []).filter((secret) => typeof secret === 'string'),
    now: now === undefined || Number.isNaN(now) ? Date.now() / 1000 : now,
    toleranceSeconds: toleranceSeconds === undefined || !(toleranceSeconds >= 0) ? (provider.toleranceSeconds ?? 300) : toleranceSeconds,
  }
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T
}
