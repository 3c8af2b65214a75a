import { closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from '../files/make-folder.js'
import { pino } from 'pino'
import { LineWriter } from './line-writer.js'
import { redactFields, redactText } from './redact.js'

/** Opens the log: one JSON line per happening, `{level, time, event, …}`, and never a secret in it. */
export function openLog({ destination, level = 'info', onFault }: { destination: LogDestination; level?: LogLevel; onFault?: (fault: Error) => void }): Log {
  if (destination.kind === 'off') return silence

  const fd = descriptorOf(destination)
  const writer = new LineWriter(fd, { onFault })
  const logger = pino(
    {
      level,
      base: undefined,
      formatters: { level: (label) => ({ level: label }), log: redactFields },
      hooks: { streamWrite: redactText },
    },
    writer,
  )
  const isTellingAttempts = logger.isLevelEnabled('info')

  return {
    debug: (event, fields) => logger.debug({ event, ...fields }),
    info: (event, fields) => logger.info({ event, ...fields }),
    warn: (event, fields) => logger.warn({ event, ...fields }),
    error: (event, fields) => logger.error({ event, ...fields }),
    attempt(line) {
      // The one line of the hot path: its fields are fixed and hold no secret, so it goes past all that searches for one.
      if (isTellingAttempts) writer.write(attemptLine(line, Date.now()))
    },
    flush: () => writer.flush(),
    async close() {
      const isDone = await writer.close()
      if (isDone && destination.kind === 'file') closeSync(fd)
    },
  }
}

export type LogDestination = { kind: 'stdout' } | { kind: 'stderr' } | { kind: 'off' } | { kind: 'file'; path: string }

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
  attempt(line: AttemptLine): void
  /** Resolves when the operating system has every line so far. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** What an `error` field holds is written with its stack and causes. */
export type LogFields = Readonly<Record<string, unknown>>

/** An attempt as operators search for it. Ids are the public ones; neither the URL (it may carry a token) nor headers or bodies. */
export interface AttemptLine {
  organization: string
  endpoint: string
  delivery: string
  eventId: string
  type: string
  number: number
  status?: number | undefined
  errorClass?: string | undefined
  durationMs: number
  /** The state of the delivery after this attempt. */
  state: string
}

/** One line of JSON, put together by hand: this is written for every attempt. Our own ids and states need no escaping. */
export function attemptLine({ organization, endpoint, delivery, eventId, type, number, status, errorClass, durationMs, state }: AttemptLine, now: number): string {
  const answered = status === undefined ? '' : `"status":${status},`
  const failed = errorClass === undefined ? '' : `"errorClass":${JSON.stringify(errorClass)},`
  return `{"level":"info","time":${now},"event":"attempt","organization":${JSON.stringify(organization)},"endpoint":"${endpoint}","delivery":"${delivery}","eventId":${JSON.stringify(eventId)},"type":${JSON.stringify(type)},"number":${number},${answered}${failed}"durationMs":${durationMs},"state":"${state}"}\n`
}

function descriptorOf(destination: Exclude<LogDestination, { kind: 'off' }>): number {
  if (destination.kind === 'stdout') return 1
  if (destination.kind === 'stderr') return 2
  try {
    makeFolder(dirname(destination.path))
    return openSync(destination.path, 'a', 0o640)
  } catch (cause) {
    throw new Error(`The log file ${destination.path} cannot be opened. Give this user the right to write there, or set POSTHORN_LOG to another path, stdout, stderr or off.`, { cause })
  }
}

const silence: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  attempt() {},
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
}
