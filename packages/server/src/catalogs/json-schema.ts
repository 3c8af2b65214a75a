/** A JSON Schema (draft 2020-12). Fields that it does not name are allowed, so a sender may add some without breaking anyone. */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** Fields of an object and what each must be. */
export type Fields = { readonly [name: string]: JsonSchema }

/** The schema of an event's `data`, to stand on its own. */
export function dataSchema(description: string, required: Fields, optional: Fields = {}): JsonSchema {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...object(description, required, optional) }
}

export function object(description: string, required: Fields, optional: Fields = {}): JsonSchema {
  return { description, type: 'object', properties: { ...required, ...optional }, required: Object.keys(required) }
}

export function listOf(items: JsonSchema, description: string): JsonSchema {
  return { description, type: 'array', items }
}

export function text(description: string): JsonSchema {
  return { description, type: 'string' }
}

export function oneOf(values: readonly string[], description: string): JsonSchema {
  return { description, type: 'string', enum: values }
}

/** An amount of money as text ("99.99"), which loses no digit on its way. */
export function decimal(description: string): JsonSchema {
  return { description, type: 'string', pattern: '^-?[0-9]+(\\.[0-9]+)?$' }
}

export function integer(description: string): JsonSchema {
  return { description, type: 'integer' }
}

export function number(description: string): JsonSchema {
  return { description, type: 'number' }
}

/** An instant as RFC 3339 writes it. */
export function instant(description: string): JsonSchema {
  return { description, type: 'string', format: 'date-time' }
}

export function url(description: string): JsonSchema {
  return { description, type: 'string', format: 'uri' }
}

export function email(description: string): JsonSchema {
  return { description, type: 'string', format: 'email' }
}

export function orNull(schema: JsonSchema): JsonSchema {
  return { ...schema, type: [schema['type'], 'null'] }
}

/** An object of which at least one of these fields is there. */
export function withOneOf(names: readonly string[], schema: JsonSchema): JsonSchema {
  // Each branch names its field under `properties` too: validators that build types from a schema look for it there.
  return { ...schema, anyOf: names.map((name) => ({ type: 'object', properties: { [name]: {} }, required: [name] })) }
}
