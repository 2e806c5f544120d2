import { describe, expect, test } from 'vitest'
import { compareJson } from './compare.ts'

describe('compareJson', () => {
  test('allows fields that nobody expects', () => {
    expect(compareJson({ id: 'a' }, { id: 'a', active: true })).toEqual([])
  })

  test('names a field that is missing and one that is another', () => {
    expect(compareJson({ a: 1, b: { c: 'x' } }, { b: { c: 'y' } })).toEqual([
      { at: 'a', expected: 1, got: undefined },
      { at: 'b.c', expected: 'x', got: 'y' },
    ])
  })

  test('takes arrays as sets, whatever their order', () => {
    expect(compareJson({ list: [{ value: 'a' }, { value: 'b' }] }, { list: [{ value: 'b' }, { value: 'a' }] })).toEqual(
      [],
    )
  })

  test('names an element too many and one too few', () => {
    expect(compareJson({ list: [{ value: 'a' }] }, { list: [{ value: 'b' }] })).toEqual([
      { at: 'list[a]', expected: { value: 'a' }, got: undefined },
      { at: 'list[b]', expected: undefined, got: { value: 'b' } },
    ])
  })

  test('looks into elements of the same name', () => {
    expect(compareJson([{ id: '1', active: true }], [{ id: '1', active: false }])).toEqual([
      { at: '[1].active', expected: true, got: false },
    ])
  })

  test('does not take the same element twice', () => {
    expect(compareJson(['a', 'a'], ['a'])).toHaveLength(1)
  })

  test('tells an array from an object and from nothing', () => {
    expect(compareJson({ list: [] }, { list: {} })).toHaveLength(1)
    expect(compareJson({ list: [] }, {})).toHaveLength(1)
  })
})
