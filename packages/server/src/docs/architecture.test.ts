import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readDocuments, repository } from '../testing/documents.js'

const { text: page = '' } = readDocuments().find(({ name }) => name === 'docs/architecture.md') ?? {}
const sources = `${repository}packages/server/src`

test('the page about the architecture tells of every folder, and of none that is not there', () => {
  const folders = readdirSync(sources, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const named = [...page.matchAll(/`([a-z-]+)(?:\/[a-z-]+)?`/g)].map(([, name]) => name as string)
  expect([...new Set(named)].sort()).toEqual(folders.sort())
})

test('the files that it names are there', () => {
  const files = [...page.matchAll(/`([a-z-]+\/[a-z.-]+\.ts)`/g)].map(([, file]) => file as string)
  expect(files.length).toBeGreaterThan(3)
  for (const file of files) expect(() => readFileSync(`${sources}/${file}`)).not.toThrow()
})
