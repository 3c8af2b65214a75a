import { isIP } from 'node:net'
import { z } from 'zod'
import { parseDuration } from '../retry-policies/duration.js'
import { nearestName } from './nearest-name.js'

/**
 * One setting: what it is for, and the schema that turns what a person wrote into the value the server works with.
 * The schema's messages are whole sentences and never repeat a secret.
 */
export interface Setting<Value = unknown, Unit extends string = string> {
  /** The name in the environment; the flag and the key in the file follow from the name in the reference. */
  readonly env: string
  readonly about: string
  /** What may be written, for the docs. */
  readonly accepts: string
  /** The word in `--port <number>`. */
  readonly placeholder: string
  /** As it would be written; without one, the setting may be left unset. */
  readonly default?: Default
  /** Ends the name of the value: `deliveryTimeout` is read into `deliveryTimeoutMs`. */
  readonly unit: Unit
  /** A secret may also come from a file that `<env>_FILE` names. */
  readonly isSecret: boolean
  /** The written text as it may be shown. */
  readonly mask: (text: string) => string
  readonly schema: z.ZodType<Value>
}

export type Mode = 'dev' | 'serve'
export type Default = string | Readonly<Record<Mode, string | ((dataFolder: string) => string)>>
type Told = Pick<Setting, 'env' | 'about'>
type ToldWithDefault = Told & { default: Default }

export function duration({ min, max, ...told }: ToldWithDefault & { min: string; max: string }): Setting<number, 'Ms'> {
  const [minMs, maxMs] = [parseDuration(min) ?? 0, parseDuration(max) ?? Infinity]
  const schema = text('Write it as text with a unit: "15s", "5m", "12h", "30d".').transform((written, context) => {
    const ms = parseDuration(written)
    if (ms === undefined) return wrong(context, `${quote(written)} is not a duration; write it as 500ms, 15s, 5m, 12h or 30d.`)
    if (ms < minMs) return wrong(context, `${quote(written)} is shorter than ${min}, the least it may be.`)
    if (ms > maxMs) return wrong(context, `${quote(written)} is longer than ${max}, the most it may be.`)
    return ms
  })
  return { ...told, ...plain, accepts: `a duration from ${min} to ${max}`, placeholder: 'duration', unit: 'Ms', schema }
}

export function port(told: ToldWithDefault): Setting<number, ''> {
  const schema = z.union([z.string(), z.number()], { error: 'A port is a number.' }).transform((written, context) => {
    const number = /^\d{1,5}$/.test(String(written)) ? Number(written) : -1
    return number >= 0 && number <= 65_535 ? number : wrong(context, `${quote(written)} is not a port; it must be a whole number from 0 to 65535.`)
  })
  return { ...told, ...plain, accepts: 'a number from 0 to 65535; 0 takes any free port', placeholder: 'number', schema }
}

export function host(told: ToldWithDefault): Setting<string, ''> {
  const schema = text('A host is text.').transform((written, context) => {
    if (isIP(written) || /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(written)) return written
    return wrong(context, `${quote(written)} is not an address or a host name; write it alone, without scheme, port and brackets.`)
  })
  return { ...told, ...plain, accepts: 'an IP address or a host name', placeholder: 'address', schema }
}

/** The value is without a last slash, so that paths can be put behind it. */
export function webUrl(told: Told): Setting<string | undefined, ''> {
  const schema = text('A URL is text.').transform((written, context) => {
    const url = URL.canParse(written) ? new URL(written) : undefined
    if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return wrong(context, `${quote(written)} is not a URL; write it like https://hooks.example.com.`)
    if (url.username || url.password || url.search || url.hash) return wrong(context, 'The URL carries a user name, a query or a fragment; write only scheme, host and path.')
    return url.href.replace(/\/+$/, '')
  })
  return { ...told, ...plain, accepts: 'an http or https URL', placeholder: 'url', schema }
}

export function onOff(told: ToldWithDefault): Setting<boolean, ''> {
  const schema = z.union([z.string(), z.boolean()], { error: 'Write true or false.' }).transform((written, context) => {
    const meaning = meanings.get(String(written).toLowerCase())
    return meaning ?? wrong(context, `${quote(written)} is neither on nor off.`)
  })
  return { ...told, ...plain, accepts: '`on` or `off` (also true, false, yes, no, 1, 0)', placeholder: 'on|off', schema }
}

export function oneOf<const Choice extends string>(choices: readonly Choice[], told: ToldWithDefault): Setting<Choice, ''> {
  const schema = text(`Write one of ${choices.join(', ')}.`).transform((written, context) => {
    const choice = choices.find((candidate) => candidate === written)
    return choice ?? wrong(context, `${quote(written)} is none of ${choices.join(', ')}.${didYouMean(nearestName(written, choices))}`)
  })
  return { ...told, ...plain, accepts: choices.map((choice) => `\`${choice}\``).join(', '), placeholder: choices.join('|'), schema }
}

/** Text that needs no check beyond being there. */
export function name(told: Told): Setting<string | undefined, ''> {
  return { ...told, ...plain, accepts: 'text in one line', placeholder: 'text', schema: line() }
}

export function secret(told: Told): Setting<string | undefined, ''> {
  return secretOf({ ...told, accepts: 'text in one line', read: (value) => ({ ok: true, value }) })
}

export function secretOf<Value>({ accepts, read, ...told }: Told & { accepts: string; read: Read<Value> }): Setting<Value | undefined, ''> {
  return { ...told, ...plain, accepts, placeholder: 'secret', isSecret: true, mask: () => '********', schema: line().transform(reading(read)) }
}

export function textOf<Value>({ read, ...told }: ToldWithDefault & { accepts: string; placeholder: string; isSecret?: boolean; mask?: (text: string) => string; read: Read<Value> }): Setting<Value, ''> {
  return { ...plain, ...told, schema: text('Write it as text.').transform(reading(read)) }
}

/** A list may be written as one text with commas or, in the file, as a list of texts. */
export function listOf<Value>({ read, ...told }: Told & { accepts: string; placeholder: string; read: Read<Value> }): Setting<Value, ''> {
  const written = z.union([z.string(), z.array(z.string()).transform((items) => items.join(','))], { error: 'Write it as text, or as a list of texts.' })
  return { ...told, ...plain, default: '', schema: written.transform(reading(read)) }
}

export type Read<Value> = (text: string) => { ok: true; value: Value } | { ok: false; mistake: string }

export function quote(value: unknown): string {
  const shown = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return shown.length > 80 ? `${shown.slice(0, 76)} …"` : shown
}

export function didYouMean(guess: string | undefined): string {
  return guess === undefined ? '' : ` Did you mean ${guess}?`
}

const plain = { unit: '' as const, isSecret: false, mask: (text: string) => text }

const meanings = new Map([
  ...['on', 'true', 'yes', '1'].map((word) => [word, true] as const),
  ...['off', 'false', 'no', '0'].map((word) => [word, false] as const),
])

function text(error: string) {
  return z.string({ error })
}

function line() {
  return text('Write it as text.').transform((written, context) => {
    if (written === '') return wrong(context, 'The value is empty; leave the setting out instead.')
    return /[\p{Cc}]/u.test(written) ? wrong(context, 'The value has a line break or another control character in it.') : written
  })
}

function reading<Value>(read: Read<Value>) {
  return (written: string, context: z.RefinementCtx): Value => {
    const result = read(written)
    return result.ok ? result.value : wrong(context, result.mistake)
  }
}

function wrong(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message })
  return z.NEVER
}
