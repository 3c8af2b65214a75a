import type pg from 'pg'

/**
 * Whether there is a pooler in between, so that each transaction may be another server process's: it gives a number of its
 * own to whoever connects. What a session keeps (LISTEN, prepared statements) is of no use then.
 */
export async function isPooled(client: pg.ClientBase): Promise<boolean> {
  const { rows: [server] } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  return server?.pid !== (client as pg.ClientBase & { processID: number | null }).processID
}
