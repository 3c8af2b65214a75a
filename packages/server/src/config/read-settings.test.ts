import { describe, expect, expectTypeOf, test } from 'vitest'
import { readSettings, type SettingSources } from './read-settings.js'

const encryptionKey = Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')

describe('settings that nobody set', () => {
  test('let dev start on this machine only, with SQLite, the inspector and a log file beside the database', () => {
    expect(settingsOf({ mode: 'dev' })).toMatchObject({
      mode: 'dev', port: 4000, host: '127.0.0.1', inspector: true, dataFolder: './posthorn-data',
      databaseUrl: { kind: 'sqlite', path: './posthorn-data/posthorn.db' },
      log: { kind: 'file', path: './posthorn-data/posthorn.log' }, logLevel: 'info',
      deliveryTimeoutMs: 15_000, retentionPayloadsMs: 30 * day, retentionAttemptsMs: 30 * day, retentionHeldMs: 30 * day, retentionKeysMs: 30 * day,
      allowSubnets: [], dnsServers: undefined,
    })
  })

  test('let serve listen everywhere, strictly, and log to stdout', () => {
    expect(settingsOf({ mode: 'serve', env: { POSTHORN_ENCRYPTION_KEY: encryptionKey } })).toMatchObject({
      mode: 'serve', host: '0.0.0.0', inspector: false, log: { kind: 'stdout' },
    })
  })

  test('leave keys, the public URL and the providers unset', () => {
    const settings = settingsOf({})
    expectTypeOf(settings.apiKey).toEqualTypeOf<string | undefined>()
    expectTypeOf(settings.encryptionKey).toEqualTypeOf<Uint8Array | undefined>()
    expectTypeOf(settings.deliveryTimeoutMs).toEqualTypeOf<number>()
    expectTypeOf(settings.logLevel).toEqualTypeOf<'debug' | 'info' | 'warn' | 'error'>()
    expect([settings.apiKey, settings.encryptionKey, settings.publicUrl, settings.stripeWebhookSecret, settings.paypalWebhookId]).toEqual(Array(5).fill(undefined))
  })
})

describe('where a setting comes from', () => {
  const file = { name: 'posthorn.config.mjs', values: { port: 1, host: 'file.example', logLevel: 'warn' } }
  const env = { PORT: '2', HOST: 'environment.example' }
  const flags = { port: '3' }

  test('a flag counts before the environment, the environment before the file, the file before the default', () => {
    expect(settingsOf({ flags, env, file })).toMatchObject({ port: 3, host: 'environment.example', logLevel: 'warn' })
  })

  test('is remembered for whoever asks', () => {
    expect(settingsOf({ flags, env, file }).origins).toMatchObject({
      port: { text: '3', from: 'flag' },
      host: { text: 'environment.example', from: 'environment' },
      logLevel: { text: 'warn', from: 'posthorn.config.mjs' },
      deliveryTimeout: { text: '15s', from: 'default' },
      apiKey: { text: undefined },
    })
  })

  test('an empty variable counts as not set', () => {
    expect(settingsOf({ env: { PORT: '', POSTHORN_API_KEY: '' }, file })).toMatchObject({ port: 1, apiKey: undefined })
  })

  test('what the file says of formats, plans and catalogs is passed on as it is', () => {
    const formats = { acme: { envelope: [{ of: 'data' }], signature: { header: 'X-Acme-Signature' } } }
    expect(settingsOf({ file: { name: 'posthorn.config.mjs', values: { formats } } })).toMatchObject({ formats, plans: undefined, catalogs: undefined })
  })
})

describe('secrets', () => {
  const apiKey = 'k'.repeat(32)
  const readSecretFile = (path: string) => {
    if (path === '/run/secrets/key') return `${apiKey}\n`
    throw new Error('ENOENT: no such file or directory')
  }

  test('can be read from the file that a variable names, without its last line end', () => {
    expect(settingsOf({ env: { POSTHORN_API_KEY_FILE: '/run/secrets/key' }, readSecretFile }).apiKey).toBe(apiKey)
  })

  test.each(['POSTHORN_API_KEY', 'POSTHORN_ENCRYPTION_KEY', 'DATABASE_URL', 'STRIPE_WEBHOOK_SECRET', 'SHOPIFY_WEBHOOK_SECRET', 'SQUARE_WEBHOOK_SIGNATURE_KEY', 'TWILIO_AUTH_TOKEN', 'WHATSAPP_APP_SECRET', 'WHATSAPP_VERIFY_TOKEN', 'BETTERDATA_WEBHOOK_SECRET'])(
    '%s can', (name) => {
      const read: string[] = []
      readSettings({ mode: 'dev', env: { [`${name}_FILE`]: '/run/secrets/it' }, readSecretFile: (path) => { read.push(path); return '' } })
      expect(read).toEqual(['/run/secrets/it'])
    })

  test('that are set twice, or lie in a file that cannot be read, are mistakes', () => {
    expect(mistakesOf({ env: { POSTHORN_API_KEY: apiKey, POSTHORN_API_KEY_FILE: '/run/secrets/key' }, readSecretFile })).toEqual(['POSTHORN_API_KEY and POSTHORN_API_KEY_FILE are both set; keep one.'])
    expect(mistakesOf({ env: { TWILIO_AUTH_TOKEN_FILE: '/nowhere' }, readSecretFile })).toEqual(['TWILIO_AUTH_TOKEN_FILE: the file /nowhere cannot be read (ENOENT: no such file or directory).'])
  })

  test('show neither in the origins nor in a mistake', () => {
    const settings = settingsOf({ env: { POSTHORN_API_KEY: 'hush'.repeat(8), POSTHORN_ENCRYPTION_KEY: encryptionKey, STRIPE_WEBHOOK_SECRET: 'whsec_hush', DATABASE_URL: 'postgres://app:hush@db/app?password=hush' } })
    expect(JSON.stringify(settings.origins)).not.toContain('hush')
    expect(settings.origins.databaseUrl.text).toBe('postgres://app:********@db/app?password=********')
    const mistakes = mistakesOf({ env: { POSTHORN_API_KEY: 'hush', POSTHORN_ENCRYPTION_KEY: 'hush', STRIPE_WEBHOOK_SECRET: 'hush\n', DATABASE_URL: 'postgress://app:hush@db/app' } })
    expect(mistakes).toHaveLength(4)
    expect(mistakes.join()).not.toContain('hush')
  })

  test('may be missing in dev on SQLite, but serve and PostgreSQL need the encryption key', () => {
    expect(mistakesOf({ mode: 'serve' })).toEqual([expect.stringMatching(/^POSTHORN_ENCRYPTION_KEY is missing; .*openssl rand -base64 32/)])
    expect(mistakesOf({ mode: 'dev', env: { DATABASE_URL: 'postgres://db/app' } })).toEqual([expect.stringContaining('on PostgreSQL several processes must share it')])
    expect(settingsOf({ mode: 'serve', env: { POSTHORN_ENCRYPTION_KEY: encryptionKey } }).encryptionKey).toEqual(new Uint8Array(Buffer.from(encryptionKey, 'base64')))
  })

  test('a wrong encryption key is one mistake, not two', () => {
    expect(mistakesOf({ mode: 'serve', env: { POSTHORN_ENCRYPTION_KEY: 'c2hvcnQ=' } })).toEqual(['POSTHORN_ENCRYPTION_KEY: The key holds 5 bytes and must hold 32; make one with `openssl rand -base64 32`.'])
  })
})

describe('mistakes', () => {
  test('are told all at once, each with the name under which it was written', () => {
    expect(mistakesOf({
      flags: { port: '99999', databaseUrll: 'x' },
      env: { POSTHORN_DELIVERY_TIMEOUT: '40s', POSTHORN_RETENTION_PAYLOAD: '3d', POSTHORN_INSPECTOR: 'maybe' },
      file: { name: 'posthorn.config.ts', values: { logLevel: 'verbose', hosts: [] } },
    })).toEqual([
      '--database-urll is not a setting. Did you mean --database-url?',
      'POSTHORN_RETENTION_PAYLOAD is not a setting. Did you mean POSTHORN_RETENTION_PAYLOADS?',
      'hosts in posthorn.config.ts is not a setting. Did you mean host?',
      '--port: "99999" is not a port; it must be a whole number from 0 to 65535.',
      'POSTHORN_INSPECTOR: "maybe" is neither on nor off.',
      'POSTHORN_DELIVERY_TIMEOUT: "40s" is longer than 30s, the most it may be.',
      'logLevel in posthorn.config.ts: "verbose" is none of debug, info, warn, error.',
    ])
  })

  test('an unknown POSTHORN_ variable is one, but not for tests, and not those of other programs', () => {
    expect(mistakesOf({ env: { POSTHORN_FROBNICATE: '1' } })).toEqual(['POSTHORN_FROBNICATE is not a setting.'])
    expect(settingsOf({ env: { POSTHORN_TEST_ANYTHING: '1', PATH: '/bin', PORTS: '1', DATABASE_URI: 'x' } }).port).toBe(4000)
  })

  test('mistakes in the plans are told with the others', () => {
    expect(mistakesOf({ env: { PORT: 'x' }, file: { name: 'posthorn.config.ts', values: { plans: { growth: { price: 'price_1' } } } } })).toEqual([
      expect.stringContaining('PORT'),
      'posthorn.config.ts: plans.growth.price is not a field of a plan; there are match, entitlements, limits, isFallback.',
      'posthorn.config.ts: plans.growth.entitlements is missing; write [] for a plan that gives nothing.',
    ])
  })

  test('mistakes in the formats are told with the others', () => {
    expect(mistakesOf({ env: { PORT: 'x' }, file: { name: 'posthorn.config.ts', values: { formats: { acme: { envelope: ['{'], signature: { header: 'X-Acme-Signature' } } } } } })).toEqual([
      expect.stringContaining('PORT'),
      'posthorn.config.ts: formats.acme: the envelope does not make JSON. Facts bring their own quotation marks; the texts around them need the rest.',
    ])
  })

  test('only a secret can come from a file', () => {
    expect(mistakesOf({ env: { POSTHORN_LOG_LEVEL_FILE: '/x' } })).toEqual(['POSTHORN_LOG_LEVEL_FILE is not a setting. Did you mean POSTHORN_LOG_LEVEL?'])
  })

  test.each([
    ['PORT', 'abc'], ['PORT', '-1'], ['PORT', '65536'], ['PORT', '4000.5'], ['PORT', '0x10'], ['PORT', ' 4000'], ['PORT', '1e3'],
    ['HOST', 'http://localhost'], ['HOST', 'localhost:4000'], ['HOST', '[::1]'], ['HOST', 'a b'],
    ['DATABASE_URL', 'posthorn.db'], ['DATABASE_URL', 'mysql://db/app'], ['DATABASE_URL', 'sqlite:'], ['DATABASE_URL', 'sqlite:./folder/'], ['DATABASE_URL', 'sqlite::memory:'], ['DATABASE_URL', 'sqlite://host/x.db'], ['DATABASE_URL', 'postgres:db'],
    ['POSTHORN_API_KEY', 'too short'],
    ['POSTHORN_PUBLIC_URL', 'hooks.example.com'], ['POSTHORN_PUBLIC_URL', 'ftp://hooks.example.com'], ['POSTHORN_PUBLIC_URL', 'https://user:secret@hooks.example.com'], ['POSTHORN_PUBLIC_URL', 'https://hooks.example.com/?a=b'],
    ['POSTHORN_ALLOW_SUBNETS', '10.0.0.0/33'], ['POSTHORN_ALLOW_SUBNETS', 'intranet'],
    ['POSTHORN_DNS_SERVERS', 'dns.example'], ['POSTHORN_DNS_SERVERS', '127.0.0.1:0'],
    ['POSTHORN_DELIVERY_TIMEOUT', '15'], ['POSTHORN_DELIVERY_TIMEOUT', '999ms'], ['POSTHORN_DELIVERY_TIMEOUT', '31s'], ['POSTHORN_DELIVERY_TIMEOUT', 'soon'],
    ['POSTHORN_RETENTION_PAYLOADS', '1m'], ['POSTHORN_RETENTION_KEYS', '1d'],
    ['POSTHORN_LOG', 'stdot'], ['POSTHORN_LOG_LEVEL', 'trace'],
    ['STRIPE_WEBHOOK_SECRET', 'two\nlines'],
  ])('%s may not be %j', (name, value) => {
    expect(mistakesOf({ env: { POSTHORN_ENCRYPTION_KEY: encryptionKey, [name]: value } })).toEqual([expect.stringMatching(new RegExp(`^${name}: .{15,}[.?]$`, 's'))])
  })

  test.each([
    ['port', {}], ['port', 4000.5], ['port', null], ['deliveryTimeout', 15], ['host', true], ['inspector', 'perhaps'], ['allowSubnets', [1]], ['apiKey', 42], ['databaseUrl', ['x']],
  ])('%s in the file may not be %j', (name, value) => {
    expect(mistakesOf({ file: { name: 'posthorn.config.json', values: { [name]: value } } })).toEqual([expect.stringMatching(new RegExp(`^${name} in posthorn.config.json: `))])
  })

  test('a slip in the name of a log destination is recognized', () => {
    expect(mistakesOf({ env: { POSTHORN_LOG: 'stdot' } })[0]).toContain('Did you mean stdout?')
  })
})

describe('what is accepted', () => {
  test.each([
    ['PORT', '0', { port: 0 }],
    ['HOST', '::1', { host: '::1' }],
    ['HOST', 'localhost', { host: 'localhost' }],
    ['DATABASE_URL', 'sqlite:/var/lib/posthorn/p.db', { databaseUrl: { kind: 'sqlite', path: '/var/lib/posthorn/p.db' }, dataFolder: '/var/lib/posthorn', log: { kind: 'file', path: '/var/lib/posthorn/posthorn.log' } }],
    ['DATABASE_URL', 'sqlite:///var/lib/p.db', { databaseUrl: { kind: 'sqlite', path: '/var/lib/p.db' } }],
    ['DATABASE_URL', 'sqlite:p.db', { databaseUrl: { kind: 'sqlite', path: 'p.db' }, dataFolder: '.' }],
    ['DATABASE_URL', 'postgres://app:secret@db:5432/app', { databaseUrl: { kind: 'postgres', url: 'postgres://app:secret@db:5432/app' }, dataFolder: './posthorn-data' }],
    ['DATABASE_URL', 'postgresql:///app?host=/run/postgresql', { databaseUrl: { kind: 'postgres', url: 'postgresql:///app?host=/run/postgresql' } }],
    ['POSTHORN_PUBLIC_URL', 'https://hooks.example.com/', { publicUrl: 'https://hooks.example.com' }],
    ['POSTHORN_PUBLIC_URL', 'https://example.com/hooks/', { publicUrl: 'https://example.com/hooks' }],
    ['POSTHORN_ALLOW_SUBNETS', '10.0.0.0/8, fd00::/8', { allowSubnets: [expect.objectContaining({ cidr: '10.0.0.0/8' }), expect.objectContaining({ cidr: 'fd00::/8' })] }],
    ['POSTHORN_DNS_SERVERS', '127.0.0.1:5353,9.9.9.9', { dnsServers: ['127.0.0.1:5353', '9.9.9.9'] }],
    ['POSTHORN_DELIVERY_TIMEOUT', '30s', { deliveryTimeoutMs: 30_000 }],
    ['POSTHORN_DELIVERY_TIMEOUT', '1500ms', { deliveryTimeoutMs: 1_500 }],
    ['POSTHORN_RETENTION_PAYLOADS', '12h', { retentionPayloadsMs: day / 2 }],
    ['POSTHORN_INSPECTOR', 'off', { inspector: false }],
    ['POSTHORN_INSPECTOR', '1', { inspector: true }],
    ['POSTHORN_LOG', 'off', { log: { kind: 'off' } }],
    ['POSTHORN_LOG', '/var/log/posthorn.log', { log: { kind: 'file', path: '/var/log/posthorn.log' } }],
    ['STRIPE_WEBHOOK_SECRET', 'whsec_abc', { stripeWebhookSecret: 'whsec_abc' }],
    ['PAYPAL_WEBHOOK_ID', '1JE4291016473214C', { paypalWebhookId: '1JE4291016473214C' }],
  ])('%s=%s', (name, value, expected) => {
    expect(settingsOf({ env: { POSTHORN_ENCRYPTION_KEY: encryptionKey, [name]: value } })).toMatchObject(expected)
  })

  test('an empty list of DNS servers means the DNS of the system', () => {
    expect(settingsOf({ file: { name: 'posthorn.config.mjs', values: { dnsServers: [] } } }).dnsServers).toBeUndefined()
  })

  test('the file may use numbers, booleans and lists where they are meant', () => {
    expect(settingsOf({ file: { name: 'posthorn.config.mjs', values: { port: 5000, inspector: false, dnsServers: ['127.0.0.1:5353', '9.9.9.9'] } } })).toMatchObject({
      port: 5000, inspector: false, dnsServers: ['127.0.0.1:5353', '9.9.9.9'],
    })
  })
})

const day = 86_400_000

function read(sources: Partial<SettingSources>) {
  return readSettings({ mode: 'dev', env: {}, readSecretFile: () => { throw new Error('no file is expected to be read') }, ...sources })
}

function settingsOf(sources: Partial<SettingSources>) {
  const reading = read(sources)
  if (!reading.ok) throw new Error(reading.mistakes.join('\n'))
  return reading.settings
}

function mistakesOf(sources: Partial<SettingSources>): string[] {
  const reading = read(sources)
  return reading.ok ? [] : reading.mistakes
}
