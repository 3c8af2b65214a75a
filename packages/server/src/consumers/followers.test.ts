import { expect, test } from 'vitest'
import { Followers } from './followers.js'

test('organizations without consumers are left out, and asked about once in some seconds', async () => {
  let now = 0
  const asked: (readonly number[])[] = []
  const following = new Set([2])
  const followers = new Followers({
    now: () => now,
    async following(organizations) {
      asked.push(organizations)
      return organizations.filter((id) => following.has(id))
    },
  })

  expect(await followers.among([1, 2])).toEqual([2])
  now = 4_999
  following.add(1)
  expect(await followers.among([1, 2, 3])).toEqual([2])
  now = 5_000
  expect(await followers.among([1, 2, 3])).toEqual([1, 2])
  expect(asked).toEqual([[1, 2], [3], [1, 2]])
})
