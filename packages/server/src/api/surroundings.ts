import type { ToldSetting } from '../config/describe-settings.js'
import type { Role } from '../config/roles.js'
import type { Mode } from '../config/setting.js'
import type { EndpointUrlRules } from '../endpoints/endpoint-url.js'
import type { Engine } from '../engine/engine.js'
import type { FormatBook } from '../formats/format-book.js'
import type { Log } from '../observability/log.js'
import type { Announcer } from '../stream/announcer.js'
import type { Vault } from '../secrets/vault.js'
import type { Wakeup } from '../wakeup/wakeup.js'
import type { Gate } from '../access/gate.js'
import type { Inbound } from './inbound.js'
import type { InboundSettings } from './make-inbound.js'

/** What the API is given by whoever starts the process. */
export interface Surroundings {
  engine: Engine
  vault: Vault
  /** The hash (`hashApiKey`) of the key that may do everything. */
  adminKeyHash: Uint8Array
  settings: ApiSettings
  log: Pick<Log, 'error'>
  clock: { now(): number }
  /** Of what comes in; without it there are no built-in sources. */
  inbound?: InboundSettings | undefined
  /** Whom `/v1/stream` asks what happens; without it nobody can listen. */
  announcer?: Announcer | undefined
  /** Through which other processes tell of changed keys and organizations; without it they are looked up more often. */
  wakeup?: Wakeup | undefined
  /** Which formats there are; those that are built in, unless told. */
  formatBook?: FormatBook | undefined
  /** What the process was started with, for the operator. */
  configuration?: { mode: Mode; settings: readonly ToldSetting[] } | undefined
  /** What `/metrics` answers; without it there is no such path. */
  metrics?: (() => Promise<{ contentType: string; text: string }>) | undefined
}

export interface ApiSettings {
  version: string
  /** What this process does. */
  roles?: readonly Role[]
  endpointUrls: EndpointUrlRules
}

/** What a handler of the API finds around it. */
export interface ApiSurroundings extends Surroundings { gate: Gate; inboundSide: Inbound; formatBook: FormatBook }
