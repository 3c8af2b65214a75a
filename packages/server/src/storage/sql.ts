/** A value that both databases take as it is. Instants are milliseconds since 1970, yes-or-no is 1 or 0, JSON is text. */
export type Value = string | number | bigint | null | Uint8Array

/** A statement: text pieces with a value, or another statement, between each two. Never built from strings of a caller. */
export class Sql {
  constructor(readonly strings: readonly string[], readonly values: readonly (Value | Sql)[]) {}
}

/** SQL as text in the function that means it; what stands in `${}` travels as a parameter, or is itself `sql`. */
export function sql(strings: TemplateStringsArray, ...values: (Value | Sql | boolean | undefined)[]): Sql {
  return new Sql(strings, values.map(asValue))
}

/** For what is part of the text itself, such as the SQL of a migration. Never for anything a caller sent. */
export function rawSql(text: string): Sql {
  return new Sql([text], [])
}

export const nothing = rawSql('')

/** The statements one after another with `separator` between them. */
export function join(parts: readonly Sql[], separator: ' and ' | ' or ' | ', '): Sql {
  return new Sql(['', ...parts.slice(1).map(() => separator), ''], parts)
}

export interface Statement { text: string; values: Value[] }

/** Writes a statement out, with `placeholder(n)` for its n-th value (from 1). */
export function render(query: Sql, placeholder: (n: number) => string): Statement {
  const values: Value[] = []
  let text = ''
  const write = (part: Sql): void => {
    text += part.strings[0]
    for (let i = 0; i < part.values.length; i++) {
      const value = part.values[i] as Value | Sql
      if (value instanceof Sql) write(value)
      else text += placeholder(values.push(value))
      text += part.strings[i + 1]
    }
  }
  write(query)
  return { text, values }
}

function asValue(value: Value | Sql | boolean | undefined): Value | Sql {
  if (value === undefined) return null
  return typeof value === 'boolean' ? Number(value) : value
}
