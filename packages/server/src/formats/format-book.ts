import { builtInFormats } from './built-in-formats.js'
import type { FormatDefinition } from './format.js'

/** A format that an organization or an endpoint may name. */
export interface KnownFormat {
  definition: FormatDefinition
  /** What goes with it unless an organization says otherwise, as a user may write it. */
  retryPolicy: unknown
  isBuiltIn: boolean
}

/** A format of the user's own, out of `posthorn.config`. */
export type OwnFormat = Omit<KnownFormat, 'isBuiltIn'>

/** The formats that are built in and the user's own, by name. */
export class FormatBook {
  readonly all: readonly KnownFormat[]
  readonly #byName: ReadonlyMap<string, KnownFormat>

  constructor(own: readonly OwnFormat[] = []) {
    this.all = [
      ...Object.values(builtInFormats).map((definition) => ({ definition, retryPolicy: documentedRetryPolicies.has(definition.name) ? definition.name : 'standard', isBuiltIn: true })),
      ...own.map((format) => ({ ...format, isBuiltIn: false })),
    ]
    this.#byName = new Map(this.all.map((format) => [format.definition.name, format]))
  }

  get definitions(): readonly FormatDefinition[] {
    return this.all.map(({ definition }) => definition)
  }

  /** Undefined also for a format that was taken out of the configuration: what was made with it goes on with what is stored. */
  named(name: string): KnownFormat | undefined {
    return this.#byName.get(name)
  }
}

/** Of the systems whose documents print a schedule, under the format's own name. */
const documentedRetryPolicies: ReadonlySet<string> = new Set(['bare-commerce', 'bear-billing', 'devsphere', 'better-data'])
