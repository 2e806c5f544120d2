import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'

const read = (name: string): Promise<string> => readFile(new URL(`../../${name}`, import.meta.url), 'utf8')

/** Words in quotes of a piece of source: those of a union of literals. */
const literalsOf = (text: string): string[] => [...text.matchAll(/'([a-z-]+)'/g)].map(([, word]) => word ?? '')

const declarationOf = (source: string, name: string): string =>
  new RegExp(`type ${name} =([^=]*?)\n\n`).exec(source)?.[1] ?? ''

/** What stands in backquotes in a column of a document's table, whose head begins with these cells. */
function columnOf(page: string, head: string, column: number): string[] {
  const rows = page.slice(page.indexOf(head)).split('\n\n')[0]?.split('\n').slice(2) ?? []
  return rows.flatMap((row) =>
    [...(row.split('|')[column] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, word]) => word ?? ''),
  )
}

describe('docs/operations.md', () => {
  it('explains every reason of a decision, and none that there is not', async () => {
    const source = await read('src/rotation/decision.ts')
    const unions = ['IdleReason', 'RotateReason', 'CheckReason'].flatMap((name) =>
      literalsOf(declarationOf(source, name)),
    )
    const reasons = [...unions, ...[...source.matchAll(/reason: '([a-z-]+)'/g)].map(([, reason]) => reason ?? '')]
    expect(reasons).toEqual(expect.arrayContaining(['healthy', 'requested', 'orphaned']))
    expect(columnOf(await read('docs/operations.md'), '| `decision.reason` |', 1).toSorted()).toEqual(
      reasons.toSorted(),
    )
  })

  it('names every state of a credential', async () => {
    const states = literalsOf(/state: ('active'[^\n]*)/.exec(await read('src/rotation/view.ts'))?.[1] ?? '')
    expect(states).toContain('needs-attention')
    expect(columnOf(await read('docs/operations.md'), '| `state` |', 1).toSorted()).toEqual(states.toSorted())
  })
})

describe('README.md', () => {
  it('explains every code of an error, and none that there is not', async () => {
    const codes = literalsOf(declarationOf(await read('src/platform/errors.ts'), 'ErrorCode'))
    expect(codes).toContain('in-grace')
    expect(columnOf(await read('README.md'), '| status | code |', 2).toSorted()).toEqual(codes.toSorted())
  })

  it('shows the example as it is', async () => {
    const [, shown] = /\(examples\/onboarding\.json\):\n\n```json\n([^`]*)```/.exec(await read('README.md')) ?? []
    expect(JSON.parse(shown ?? '{}')).toEqual(JSON.parse(await read('examples/onboarding.json')))
  })
})
