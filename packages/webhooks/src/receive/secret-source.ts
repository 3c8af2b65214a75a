/** Where the secrets come from: one, several while one is rotated, or a function that gets them. Undefined, as an unset variable is, fits nothing. */
export type SecretSource = string | readonly string[] | undefined | (() => Secrets | Promise<Secrets>)

type Secrets = string | readonly string[] | undefined

/** One secret for each of the gateway's senders. */
export interface GatewaySecrets {
  shopify?: SecretSource
  square?: SecretSource
  betterData?: SecretSource
}

export async function secretsFrom(source: SecretSource): Promise<readonly string[]> {
  const secrets = typeof source === 'function' ? await source() : source
  if (secrets === undefined) return []
  return typeof secrets === 'string' ? [secrets] : secrets
}
