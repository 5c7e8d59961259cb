import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { xmlEscape, xmlText } from '../src/xml.ts'

describe('the text of an XML element', () => {
  test.each([
    ['<a><b>x</b></a>', ['b'], 'x'],
    ['<a><b>x</b></a>', ['a', 'b'], 'x'],
    ['<a><b>x</b></a>', ['b', 'a'], undefined],
    ['<a><b>x</b><b>y</b></a>', ['b'], 'x'],
    ["<?xml version='1.0'?><!-- <b>no</b> --><s:a xmlns:s='u'><s:b t='>'>x</s:b></s:a>", ['b'], 'x'],
    ['<a><b> x &lt;&amp;&#65;&#x42;&quot;&apos;&gt; </b></a>', ['b'], `x <&AB"'>`],
    ['<a><b><![CDATA[<x>&amp;]]]]><![CDATA[>]]></b></a>', ['b'], '<x>&amp;]]>'],
    ['<a><b/></a>', ['b'], ''],
    ['<a><b><c>x</c>y</b></a>', ['b'], 'xy'],
    ['<a><b>x</c></a>', ['b'], undefined],
    ['<a><b>x', ['b'], undefined],
    ['<a><b>&unknown;</b></a>', ['b'], '&unknown;'],
    ['<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a><b>&e;</b></a>', ['b'], undefined],
    ['{"b":1}', ['b'], undefined],
    ['', ['b'], undefined],
  ])('%s at %j', (document, path, expected) => {
    expect(xmlText(document, path)).toBe(expected)
  })

  test('whatever was escaped is read again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(xmlText(`<a><b>${xmlEscape(text)}</b></a>`, ['a', 'b'])).toBe(text.trim())
      }),
    )
  })

  test('a long document takes its time once, whatever is in it', () => {
    const started = performance.now()
    for (const part of ['<', '<a ', '<!--', '<![CDATA[', '<a>', '&#', '<a b="', '<?', "<a b='>'"])
      xmlText(part.repeat(200_000 / part.length), ['b'])
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})
