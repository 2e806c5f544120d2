import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { fixtureExplanations, specExplanations, withoutDescription } from './explanations.ts'

const page = await readFile(new URL('../../docs/conformance.md', import.meta.url), 'utf8')

test.each([...fixtureExplanations, ...specExplanations])('the page says why of $reason', ({ reason, why }) => {
  expect(page).toContain(`| \`${reason}\` | ${why} |`)
})

test.each(withoutDescription)('the page says why of $what', ({ what, why }) => {
  expect(page).toContain(`| ${what} | ${why} |`)
})

test('the page has no reason that the code does not have', () => {
  const reasons = [...page.matchAll(/^\| `([a-z][a-z0-9-]*)` \|/gm)].map(([, reason]) => reason)
  expect(reasons.toSorted()).toEqual(
    [...fixtureExplanations, ...specExplanations].map(({ reason }) => reason).toSorted(),
  )
})
