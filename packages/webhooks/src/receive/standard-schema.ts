/** What zod, valibot, arktype and others have in common. https://standardschema.dev */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined }[] }

/** What a schema makes of a value it accepts. */
export type OutputOf<Schema> = Schema extends { readonly '~standard': { readonly types?: { readonly output: infer Output } | undefined } } ? Output : never

/** The value as the schema returns it, or what is wrong with it in one line. */
export async function checkedWith(schema: StandardSchema, value: unknown): Promise<{ value: unknown } | { problem: string }> {
  const result = await schema['~standard'].validate(value)
  if (!result.issues) return { value: result.value }
  const spelled = result.issues.slice(0, 5).map(({ message, path }) => {
    const where = (path ?? []).map((step) => String(typeof step === 'object' ? step.key : step)).join('.')
    return where ? `${where}: ${message}` : message
  })
  return { problem: spelled.join('; ') }
}
