/** Text from outside as both databases take it: well-formed, without NUL, and not longer than `maxLength`. */
export function plainText(text: string, maxLength: number): string {
  const short = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text
  return (short as WellFormable).toWellFormed().replaceAll('\0', '�')
}

/** Of ES2024, and in every Node that we run on. */
type WellFormable = string & { toWellFormed(): string }
