import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Figure, ScenarioResult } from './figures.js'

/** A scenario's figures as a table for people. */
export function tableOf(about: string, { scenario, figures, remarks }: ScenarioResult): string {
  const rows = figures.map((figure) => [figure.name, numberText(figure.value), figure.unit, floorText(figure)] as const)
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const lines = rows.map(([name, value, unit, floor]) => `  ${name.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${unit.padEnd(widths[2] ?? 0)}  ${floor}`.trimEnd())
  return [`\n${scenario}: ${about}`, ...lines, ...remarks.map((remark) => `  ! ${remark}`)].join('\n')
}

/** Whether a figure is within what was set for it; undefined when nothing was. */
export function isWithin({ value, atMost, atLeast }: Figure): boolean | undefined {
  if (atMost === undefined && atLeast === undefined) return undefined
  return value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? Number.NEGATIVE_INFINITY)
}

export function numberText(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Number.isInteger(value)) return value.toLocaleString('en')
  if (Math.abs(value) < 10) return value.toPrecision(3)
  if (Math.abs(value) < 100) return value.toFixed(1)
  return Math.round(value).toLocaleString('en')
}

/** Writes the result beside what it depends on, and tells the file. */
export function writeResult(result: ScenarioResult, context: Record<string, unknown>, now: Date): string {
  const folder = new URL('../results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const file = fileURLToPath(new URL(`${now.toISOString().slice(0, 19).replaceAll(':', '-')}-${result.scenario}.json`, folder))
  const { scenario, figures, remarks, detail } = result
  const judged = figures.map((figure) => ({ ...figure, isWithin: isWithin(figure) }))
  writeFileSync(file, `${JSON.stringify({ scenario, at: now.toISOString(), ...context, figures: judged, remarks, detail }, null, 2)}\n`)
  return file
}

function floorText(figure: Figure): string {
  const verdict = isWithin(figure)
  if (verdict === undefined) return ''
  const floor = figure.atMost === undefined ? `at least ${numberText(figure.atLeast ?? 0)}` : `at most ${numberText(figure.atMost)}`
  return `${verdict ? 'ok   ' : 'SHORT'} ${floor}`
}
