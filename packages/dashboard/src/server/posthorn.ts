import { Posthorn } from '@posthorn/client'

/** The API of the server that this page comes from. The browser sends the session along; the header is one that only our own pages can send. */
export const posthorn = new Posthorn({ headers: { 'x-posthorn-csrf': '1' }, retries: 1 })
