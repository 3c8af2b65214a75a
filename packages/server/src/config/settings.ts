import { isAcceptableAdminKey } from '../secrets/api-key.js'
import { parseEncryptionKey } from '../secrets/encryption-key.js'
import { parseAllowList } from '../dialling/address.js'
import { parseDnsServers } from '../dialling/resolver.js'
import { logLevels, type LogDestination } from '../observability/log.js'
import { parseDatabaseUrl, withoutPassword } from './database-url.js'
import { didYouMean, duration, host, listOf, name, oneOf, onOff, port, quote, secret, secretOf, textOf, webUrl, type Mode, type Read, type Setting } from './setting.js'
import { nearestName } from './nearest-name.js'
import { roles, type Role } from './roles.js'

/**
 * Every setting there is. The name here is the key in `posthorn.config` and, with dashes, the flag. This table parses
 * the environment, prints `posthorn config` and writes docs/configuration.md.
 */
export const settingSections = {
  server: {
    title: 'Server',
    settings: {
      port: port({ env: 'PORT', default: '4000', about: 'The port of the HTTP API, the dashboard and the inbound webhooks.' }),
      host: host({ env: 'HOST', default: { dev: '127.0.0.1', serve: '0.0.0.0' }, about: 'The address to listen on. `127.0.0.1` is this machine only, `0.0.0.0` every IPv4 address, `::` every address.' }),
      publicUrl: webUrl({
        env: 'POSTHORN_PUBLIC_URL',
        about: 'Where this server is reached from outside. Providers such as Square and Twilio sign the URL they call, so it is never guessed from a request; endpoints may not point back to it.',
      }),
      databaseUrl: textOf({
        env: 'DATABASE_URL', default: 'sqlite:./posthorn-data/posthorn.db', isSecret: true, mask: withoutPassword, read: parseDatabaseUrl,
        accepts: '`sqlite:` and a path, or a `postgres://` URL', placeholder: 'url',
        about: 'Where everything is kept. With SQLite, the folder of the file is the data folder: one process at a time works in it.',
      }),
      roles: listOf({
        env: 'POSTHORN_ROLES', accepts: `${roles.map((role) => `\`${role}\``).join(', ')}, with commas between them; nothing means all`, placeholder: 'roles', read: readRoles,
        about: 'What this process does, where several share a PostgreSQL: answer requests, make deliveries of events, send them, let consumers read, clean up. Without `api` it listens all the same, but only for `/healthz`, `/readyz` and `/metrics`.',
      }),
      inspector: onOff({ env: 'POSTHORN_INSPECTOR', default: { dev: 'on', serve: 'off' }, about: 'Whether anybody may make an inspector (`/inspect/…`), a URL that shows what is sent to it.' }),
    },
  },
  keys: {
    title: 'Keys',
    settings: {
      apiKey: secretOf({
        env: 'POSTHORN_API_KEY', accepts: 'at least 32 printable ASCII characters, no space at either end',
        about: 'The admin key of the API. Without it, one is made at the first start and printed once.',
        read: (text) => isAcceptableAdminKey(text) ? { ok: true, value: text } : { ok: false, mistake: `The key (${[...text].length} characters) is refused: an admin key has at least 32 printable ASCII characters and no space at either end.` },
      }),
      encryptionKey: secretOf({
        env: 'POSTHORN_ENCRYPTION_KEY', accepts: '32 bytes in base64 (`openssl rand -base64 32`)',
        about: 'Signing secrets are sealed with it in the database; whoever loses it loses them. `posthorn serve` needs it. `posthorn dev` on SQLite makes one and keeps it in the data folder as `encryption.key`.',
        read: (text) => {
          const parsed = parseEncryptionKey(text)
          return parsed.ok ? { ok: true, value: parsed.key } : { ok: false, mistake: `The key ${parsed.wrong}.` }
        },
      }),
    },
  },
  deliveries: {
    title: 'Deliveries',
    settings: {
      deliveryTimeout: duration({ env: 'POSTHORN_DELIVERY_TIMEOUT', default: '15s', min: '1s', max: '30s', about: 'How long an endpoint may take to answer before the attempt counts as failed. An endpoint may have a time of its own.' }),
      allowSubnets: listOf({
        env: 'POSTHORN_ALLOW_SUBNETS', accepts: 'subnets in CIDR notation, with commas between them', placeholder: 'subnets', read: readAllowList,
        about: 'Private addresses to which `posthorn serve` may deliver all the same, for endpoints inside your own network. Everything that is not on the public internet is refused otherwise.',
      }),
      dnsServers: listOf({
        env: 'POSTHORN_DNS_SERVERS', accepts: 'addresses with or without a port, with commas between them', placeholder: 'servers', read: readDnsServers,
        about: 'DNS servers to ask for the hosts of endpoints. Without them, the system is asked.',
      }),
    },
  },
  retention: {
    title: 'Retention',
    settings: {
      retentionPayloads: duration({ env: 'POSTHORN_RETENTION_PAYLOADS', default: '30d', ...retentionBounds(), about: 'How long events and their data are kept. Afterwards they can be neither read nor replayed, and what was never delivered is given up.' }),
      retentionAttempts: duration({ env: 'POSTHORN_RETENTION_ATTEMPTS', default: '30d', ...retentionBounds(), about: 'How long the log is kept: deliveries and their attempts. Longer than the events: then it tells of events whose data is gone.' }),
      retentionBodies: duration({ env: 'POSTHORN_RETENTION_BODIES', default: '30d', ...retentionBounds(), about: 'How long an attempt keeps what was sent and answered: the headers, and the excerpt of the body. Never longer than the attempt itself.' }),
      retentionHeld: duration({ env: 'POSTHORN_RETENTION_HELD', default: '30d', ...retentionBounds(), about: 'How long deliveries are held for an endpoint that is paused or disabled before they are discarded.' }),
      retentionKeys: duration({ env: 'POSTHORN_RETENTION_KEYS', default: '30d', min: '7d', max: '3650d', about: 'How long a repeated `Idempotency-Key`, and an inbound webhook that a provider sends twice, is known as a repetition.' }),
    },
  },
  log: {
    title: 'Log',
    settings: {
      log: textOf({
        env: 'POSTHORN_LOG', default: { dev: (dataFolder) => `${dataFolder}/posthorn.log`, serve: 'stdout' }, read: readLogDestination,
        accepts: '`stdout`, `stderr`, `off`, or the path of a file (with a `/` or a `.` in it)', placeholder: 'destination',
        about: 'Where the log goes: one JSON line for each attempt and for all that an operator should know. `posthorn dev` keeps the terminal free and writes to a file in the data folder.',
      }),
      logLevel: oneOf(logLevels, { env: 'POSTHORN_LOG_LEVEL', default: 'info', about: 'The least important level that is written. Attempts are `info`.' }),
    },
  },
  inbound: {
    title: 'Inbound webhooks',
    settings: {
      stripeWebhookSecret: secret({ env: 'STRIPE_WEBHOOK_SECRET', about: "The signing secret (`whsec_…`) of Stripe's webhook endpoint. With it, `/webhooks/stripe` exists." }),
      shopifyWebhookSecret: secret({ env: 'SHOPIFY_WEBHOOK_SECRET', about: "The client secret of the Shopify app, or the secret under the shop's notification settings. With it, `/webhooks/shopify` exists." }),
      squareWebhookSignatureKey: secret({ env: 'SQUARE_WEBHOOK_SIGNATURE_KEY', about: 'The signature key of the Square webhook subscription. With it, `/webhooks/square` exists; Square signs the URL too, so set `POSTHORN_PUBLIC_URL`.' }),
      twilioAuthToken: secret({ env: 'TWILIO_AUTH_TOKEN', about: 'The auth token of the Twilio account. With it, `/webhooks/twilio` exists; Twilio signs the URL too, so set `POSTHORN_PUBLIC_URL`.' }),
      whatsappAppSecret: secret({ env: 'WHATSAPP_APP_SECRET', about: 'The app secret of the Meta app. With it and the verify token, `/webhooks/whatsapp` exists.' }),
      whatsappVerifyToken: secret({ env: 'WHATSAPP_VERIFY_TOKEN', about: 'The text that you gave Meta as the verify token; it is compared when Meta checks the URL.' }),
      paypalWebhookId: name({ env: 'PAYPAL_WEBHOOK_ID', about: 'The id of the PayPal webhook, which is part of what PayPal signs. With it, `/webhooks/paypal` exists.' }),
      betterDataWebhookSecret: secret({ env: 'BETTERDATA_WEBHOOK_SECRET', about: 'The secret shared with Better Data. With it, `/webhooks/better-data` exists.' }),
    },
  },
} as const

export const settingsReference = {
  ...settingSections.server.settings,
  ...settingSections.keys.settings,
  ...settingSections.deliveries.settings,
  ...settingSections.retention.settings,
  ...settingSections.log.settings,
  ...settingSections.inbound.settings,
}

export type SettingsReference = typeof settingsReference
export type SettingName = keyof SettingsReference

/** What the server is started with. Durations end in `Ms`; what may be left out may be undefined. */
export type Settings = Values & {
  readonly mode: Mode
  /** Holds the SQLite file, the lock, the encryption key and the log of `posthorn dev`. */
  readonly dataFolder: string
  /** For tests, by `POSTHORN_TEST_ALLOW_FSYNC_OFF=1`: a PostgreSQL that can lose what it has committed is not refused. */
  readonly allowsFsyncOff: boolean
  /** For people: each setting as it was written, secrets masked, and where. */
  readonly origins: Readonly<Record<SettingName, Origin>>
  /** What the configuration file says under these keys, as it stands there. */
  readonly formats: unknown
  readonly plans: unknown
  readonly catalogs: unknown
}

export interface Origin { readonly text: string | undefined; readonly from: string }

/** Keys of the configuration file that are no settings: whoever uses them checks them. */
export const passedThrough = ['formats', 'plans', 'catalogs'] as const

/** `--delivery-timeout` of `deliveryTimeout`. */
export function flagOf(setting: string): string {
  return `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** The flags, for a command line parser: `--port <number>`. */
export function settingFlags(): { flag: string; name: SettingName; about: string }[] {
  return settingEntries().map(([name, { placeholder, about }]) => ({ flag: `${flagOf(name)} <${placeholder}>`, name, about }))
}

export function settingEntries(): [SettingName, Setting][] {
  return Object.entries(settingsReference) as [SettingName, Setting][]
}

type Values = { readonly [Name in SettingName as `${Name}${SettingsReference[Name]['unit']}`]: ValueOf<SettingsReference[Name]> }
type ValueOf<Entry> = Entry extends Setting<infer Value, string> ? Value : never

function retentionBounds() {
  return { min: '1h', max: '3650d' }
}

function readAllowList(text: string) {
  const parsed = parseAllowList(text)
  return parsed.ok ? { ok: true as const, value: parsed.allow } : { ok: false as const, mistake: `${parsed.message} ${parsed.fix}` }
}

function readDnsServers(text: string) {
  const parsed = parseDnsServers(text)
  // None is not a list of none: then the system is asked.
  return parsed.ok ? { ok: true as const, value: parsed.servers.length > 0 ? parsed.servers : undefined } : { ok: false as const, mistake: `${parsed.message} ${parsed.fix}` }
}

function readRoles(text: string): ReturnType<Read<readonly Role[]>> {
  const words = text.split(',').map((word) => word.trim()).filter((word) => word !== '')
  const unknown = words.find((word) => !(roles as readonly string[]).includes(word))
  if (unknown !== undefined) return { ok: false, mistake: `${quote(unknown)} is none of ${roles.join(', ')}.${didYouMean(nearestName(unknown, roles))}` }
  return { ok: true, value: words.length === 0 ? roles : roles.filter((role) => words.includes(role)) }
}

function readLogDestination(text: string): ReturnType<Read<LogDestination>> {
  if (text === 'stdout' || text === 'stderr' || text === 'off') return { ok: true, value: { kind: text } }
  if (/[\\/.]/.test(text) && !text.includes('\0')) return { ok: true, value: { kind: 'file', path: text } }
  // A word alone is more likely a slip than a file without an ending.
  return { ok: false, mistake: `${quote(text)} is neither stdout, stderr nor off, and for a file there is no "/" or "." in it.${didYouMean(nearestName(text, ['stdout', 'stderr', 'off']))}` }
}
