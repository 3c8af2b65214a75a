import type { TourStop } from './tour.js'

/** How words are set apart on a terminal. */
export interface Styles { bold(text: string): string; dim(text: string): string; green(text: string): string; red(text: string): string }

/** The tour as a table, and where to look at what arrived. */
export function describeTour(stops: readonly TourStop[], { bold, dim, green, red }: Styles): string[] {
  const heads = ['organization', 'event', 'format', 'status', 'ms']
  const rows = stops.map(({ organization, eventType, format, attempt }) => [organization, eventType, format, statusOf(attempt), attempt === undefined ? '' : String(Math.round(attempt.durationMs))])
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => (row[column] as string).length)))
  const line = (cells: readonly string[], style: (cell: string, column: number) => string) => `  ${cells.map((cell, column) => style(column === lastColumn ? cell.padStart(widths[column] as number) : cell.padEnd(widths[column] as number), column)).join('  ')}`

  return [
    'Five sample organizations, one webhook each:',
    '',
    line(heads, dim),
    ...rows.map((row, index) => line(row, (cell, column) => column === statusColumn ? (isDelivered(stops[index]?.attempt) ? green(cell) : red(cell)) : cell)),
    '',
    'What arrived, with its headers, body and signature:',
    '',
    ...stops.map(({ organization, inspectorUrl }) => `  ${organization.padEnd(widths[0] as number)}  ${bold(inspectorUrl)}`),
  ]
}

/** Three lines for another terminal: an organization, its endpoint, an event. `key` as it is to stand in double quotes. */
export function describeFirstSteps({ url, key, inspectorUrl }: { url: string; key: string; inspectorUrl: string | undefined }): string[] {
  const curl = (path: string, body: object) => `curl ${url}/v1/organizations${path} -H "authorization: Bearer ${key}" -d '${JSON.stringify(body)}'`
  return [
    curl('', { id: 'my-shop', name: 'My shop' }),
    curl('/my-shop/endpoints', { url: inspectorUrl ?? 'https://example.com/webhooks' }),
    curl('/my-shop/events', { type: 'order.created', data: { total: 42 } }),
  ]
}

const statusColumn = 3
const lastColumn = 4

function statusOf(attempt: TourStop['attempt']): string {
  if (attempt === undefined) return 'waiting'
  return attempt.status === null ? (attempt.error ?? 'failed') : String(attempt.status)
}

function isDelivered(attempt: TourStop['attempt']): boolean {
  return attempt !== undefined && attempt.status !== null && attempt.status >= 200 && attempt.status < 300
}
