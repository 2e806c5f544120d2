import { expect, test } from 'vitest'
import { createLog } from '../../../local/host/log.ts'

function collect(levels: Record<string, string>, minimumLevel = 'trace') {
  const lines: string[] = []
  const log = createLog(levels, minimumLevel, (line) => lines.push(line.replace(/^\S+ /, '')))
  return { log, lines }
}

test('the longest matching category decides, then the default', () => {
  const { log, lines } = collect({ default: 'Warning', 'Function.a': 'None', 'Function.a.User': 'Debug' })
  log.write('Function.a.User', 'debug', 'kept')
  log.write('Function.a', 'error', 'dropped')
  log.write('Function.b', 'information', 'dropped')
  log.write('Function.b', 'warning', 'kept too')
  expect(lines).toEqual(['debug Function.a.User: kept', 'warning Function.b: kept too'])
})

test('without any level, Information and above is written', () => {
  const { log, lines } = collect({})
  log.write('Host', 'debug', 'dropped')
  log.write('Host', 'information', 'kept')
  expect(lines).toEqual(['information Host: kept'])
})

test('the minimum level is a floor under every category', () => {
  const { log, lines } = collect({ 'Function.a': 'Trace' }, 'error')
  log.write('Function.a', 'warning', 'dropped')
  expect(lines).toEqual([])
})
