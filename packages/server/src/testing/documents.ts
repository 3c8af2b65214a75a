import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A page of the documentation, with its fenced blocks in order. */
export interface Document { name: string; text: string; blocks: readonly { language: string; code: string }[] }

export const repository = fileURLToPath(new URL('../../../../', import.meta.url))

/** README.md and everything in docs/. */
export function readDocuments(): Document[] {
  const names = ['README.md', 'CHANGELOG.md', ...readdirSync(`${repository}docs`).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)]
  return names.map((name) => {
    const text = readFileSync(repository + name, 'utf8')
    const blocks = [...text.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].map(([, language, code]) => ({ language: language as string, code: code as string }))
    return { name, text, blocks }
  })
}

/** The rows of the table that has this heading, each a list of its cells. */
export function tableAfter(text: string, heading: string): string[][] {
  const rows = text.slice(text.indexOf(heading)).split('\n')
  const first = rows.findIndex((row) => row.startsWith('|'))
  const table = rows.slice(first, rows.findIndex((row, index) => index > first && !row.startsWith('|')))
  return table.slice(2).map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim().replace(/^`|`$/g, '')))
}
