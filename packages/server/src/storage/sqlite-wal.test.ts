import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rawSql, sql } from './sql.js'
import { SqliteDatabase } from './sqlite.js'
import { WalEnd, commitCopiesPages, keepCopying } from './sqlite-wal.js'

const limits = { readerCopiesPages: 20, longWalPages: 200, littleLeftPages: 100 }
const pageBytes = 4_096

let folder: string
let path: string
let writer: SqliteDatabase
let reader: SqliteDatabase
let isClosed: boolean

const open = (): SqliteDatabase => new SqliteDatabase(path, { clock: Date.now, autoCheckpointPages: commitCopiesPages })

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-wal-'))
  path = join(folder, 'posthorn.db')
  writer = open()
  await writer.run(rawSql('create table kept (n integer primary key, text text)'))
  reader = open()
  isClosed = false
})

afterEach(() => {
  isClosed = true
  reader.close()
  writer.close()
  rmSync(folder, { recursive: true })
})

/** A transaction of about three pages. */
async function write(transactions: number): Promise<void> {
  for (let n = 0; n < transactions; n++) await writer.transaction((tx) => tx.run(sql`insert into kept (text) values (${'x'.repeat(2 * pageBytes)})`))
}

async function wal(): Promise<{ log: number; left: number }> {
  const { log, checkpointed } = await reader.first(rawSql('pragma wal_checkpoint(noop)')) as { log: number; checkpointed: number }
  return { log, left: log - checkpointed }
}

/** What the reader's thread does while the writer writes on: it gets as far as the WAL went when it began. */
async function copyAllBut(transactions: number): Promise<void> {
  const started = open()
  started.exec('begin')
  await started.first(rawSql('select count(*) from kept'))
  await write(transactions)
  await reader.first(rawSql('pragma wal_checkpoint(passive)'))
  started.exec('rollback')
  started.close()
}

test('of a long WAL the writer copies the little that is left, and the next commit begins it again', async () => {
  const end = new WalEnd(writer, path, limits)
  await write(100)
  await copyAllBut(10)
  expect((await wal()).left).toBeGreaterThan(0)
  await end.tend()
  expect((await wal()).left).toBe(0)
  await write(1)
  expect((await wal()).log).toBeLessThan(10)
  expect(await reader.first(rawSql('select count(*) as count from kept'))).toEqual({ count: 111 })
  end.close()
})

test.each([
  ['of a short WAL nothing', 20, 2],
  ['of a long one that the reader has left much of nothing, as a publisher would wait for all that', 100, 60],
])('%s is copied by the writer', async (_, before, left) => {
  const end = new WalEnd(writer, path, limits)
  await write(before)
  await copyAllBut(left)
  const found = await wal()
  await end.tend()
  expect(await wal()).toEqual(found)
  expect(found.left).toBeGreaterThan(0)
  end.close()
})

test('the reader\'s thread copies what has gathered, and goes on until the file is closed', async () => {
  await write(100)
  await keepCopying(reader, () => isClosed, limits)
  expect((await wal()).left).toBe(0)
  await write(20)
  await expect.poll(async () => (await wal()).left, { timeout: 2_000 }).toBe(0)
  isClosed = true
  await new Promise((resolve) => setTimeout(resolve, 600))
  await write(20)
  await new Promise((resolve) => setTimeout(resolve, 600))
  expect((await wal()).left).toBeGreaterThan(0)
})
