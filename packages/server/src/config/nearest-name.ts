/** The candidate that a misspelt name most likely means, or none when nothing is near: at most one slip in three letters. */
export function nearestName(written: string, candidates: Iterable<string>): string | undefined {
  const plain = withoutCaseAndDashes(written)
  let nearest: string | undefined
  let least = Math.max(1, Math.floor(plain.length / 3)) + 1
  for (const candidate of candidates) {
    const slips = countSlips(plain, withoutCaseAndDashes(candidate))
    if (slips < least) [nearest, least] = [candidate, slips]
  }
  return nearest
}

function withoutCaseAndDashes(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '')
}

/** Letters that are wrong, missing, too many, or swapped with their neighbour (optimal string alignment). */
function countSlips(one: string, other: string): number {
  let twoBack: number[] = []
  let oneBack = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (let row = 1; row <= one.length; row++) {
    const current = [row]
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1]
      const isSwapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      current[column] = Math.min(
        (oneBack[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (oneBack[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (twoBack[column - 2] ?? 0) + 1 : Infinity,
      )
    }
    ;[twoBack, oneBack] = [oneBack, current]
  }
  return oneBack[other.length] ?? 0
}
