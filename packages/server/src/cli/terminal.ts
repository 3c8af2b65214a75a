/** Where a command speaks to a person. Results go to `print`, everything else to `error`. */
export interface Terminal {
  print(line: string): void
  error(line: string): void
  readonly hasColor: boolean
}

/** Ways to set words apart, on a terminal that can. */
export function paint({ hasColor }: Pick<Terminal, 'hasColor'>): Paint {
  const style = (begin: number, end: number) => (text: string) => hasColor ? `\u001B[${begin}m${text}\u001B[${end}m` : text
  return { bold: style(1, 22), dim: style(2, 22), green: style(32, 39), red: style(31, 39), cyan: style(36, 39) }
}

export type Paint = Readonly<Record<'bold' | 'dim' | 'green' | 'red' | 'cyan', (text: string) => string>>
