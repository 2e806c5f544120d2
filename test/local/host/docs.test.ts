import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { usage } from '../../../local/host/options.ts'
import { probeDifferences } from '../../../local/host/probe-differences.ts'

const page = readFileSync(new URL('../../../docs/local-host.md', import.meta.url), 'utf8')

function listRows(heading: string): string[] {
  const table = page.split(`| ${heading} |`)[1]?.split('\n\n')[0] ?? ''
  return table
    .split('\n')
    .slice(2)
    .filter((row) => row.startsWith('|'))
}

test('the page has a row for each probe that is left out, and for no other', () => {
  expect(listRows('probe | why')).toEqual(probeDifferences.map(({ id, reason }) => `| \`${id}\` | ${reason} |`))
})

test('the page explains each flag of the command line, and no other', () => {
  const documented = listRows('flag | default | what for').map((row) => /--[a-z-]+/.exec(row)?.[0])
  const accepted = [...new Set(usage.match(/--[a-z-]+/g))]
  expect(documented.toSorted()).toEqual(accepted.toSorted())
})
