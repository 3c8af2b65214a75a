/**
 * One column of rows as PostgreSQL receives an array in binary form (`array_recv` and `array_send` in its arrayfuncs.c):
 * neither side writes or reads text, in which each quotation mark of a JSON would have to be escaped.
 *
 *     int32 dimensions (1, or 0 of an empty array) · int32 whether there are nulls · int32 the element's type
 *     int32 length · int32 first index (1) · for each element: int32 bytes (-1: null), and these
 */
type Rows = readonly (readonly unknown[])[]

const header = 20
const [bytea, int8, text] = [17, 20, 25]

export function intArray(rows: Rows, column: number): Buffer {
  const array = Buffer.allocUnsafe(header + rows.length * 12)
  let at = begin(array, int8, rows.length)
  for (let i = 0; i < rows.length; i++) {
    const given = rows[i]?.[column]
    if (isMissing(given)) {
      at = array.writeInt32BE(-1, at)
      continue
    }
    const value = Number(given)
    if (!Number.isSafeInteger(value)) throw new RangeError(`${String(given)} is no whole number.`)
    const high = Math.floor(value / 2 ** 32)
    at = array.writeInt32BE(8, at)
    at = array.writeInt32BE(high, at)
    at = array.writeUInt32BE(value - high * 2 ** 32, at)
  }
  return array.subarray(0, at)
}

export function textArray(rows: Rows, column: number): Buffer {
  const texts = rows.map((row) => isMissing(row[column]) ? undefined : withoutNull(String(row[column])))
  return encoded(text, texts, 'utf8')
}

/** The bytes are given in hexadecimal. */
export function bytesArray(rows: Rows, column: number): Buffer {
  const texts = rows.map((row) => isMissing(row[column]) ? undefined : String(row[column]))
  return encoded(bytea, texts, 'hex')
}

function encoded(type: number, texts: readonly (string | undefined)[], encoding: 'utf8' | 'hex'): Buffer {
  let size = header
  for (const value of texts) size += 4 + (value === undefined ? 0 : Buffer.byteLength(value, encoding))
  const array = Buffer.allocUnsafe(size)
  let at = begin(array, type, texts.length)
  for (const value of texts) {
    if (value === undefined) {
      at = array.writeInt32BE(-1, at)
      continue
    }
    const length = array.write(value, at + 4, encoding)
    array.writeInt32BE(length, at)
    at += 4 + length
  }
  return array.subarray(0, at)
}

function begin(array: Buffer, type: number, length: number): number {
  array.writeInt32BE(length === 0 ? 0 : 1, 0)
  // Whether there are nulls is found by PostgreSQL itself.
  array.writeInt32BE(0, 4)
  array.writeInt32BE(type, 8)
  if (length === 0) return 12
  array.writeInt32BE(length, 12)
  array.writeInt32BE(1, 16)
  return header
}

function isMissing(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

/** PostgreSQL's text can hold every character but U+0000; what stands for "unreadable" stands for it. */
export function withoutNull(value: string): string {
  return value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value
}
