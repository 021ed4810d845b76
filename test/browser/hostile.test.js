// Hostile strings in a real browser: each is reported by the API, handled, and then looked at on the pages that show it. No
// script of theirs runs, no request leaves, no dialog opens, the policy of the page is never even asked; every page has the
// very elements that it has with harmless words, and where those stood the strings stand, character for character.
// HOSTILE=all takes every list, else a sample.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { open, root } from './harness.js'
import { serve } from './served.js'

const data = join(root, '../shared/data/torture')
const there = existsSync(join(data, 'dompurify-half.json'))
if (!there) console.log('SKIP: shared/data/torture is not here')
const all = process.env.HOSTILE === 'all'

function lists () {
  const json = name => JSON.parse(readFileSync(join(data, name), 'utf8'))
  const lines = execFileSync('tar', ['xOzf', join(data, 'payload-lists-half.tar.gz'), '--wildcards', '*[xX][sS][sS]*', '*html_js*'], { encoding: 'utf8', maxBuffer: 1 << 26 })
    .split('\n').map(line => line.replace(/\r$/, ''))
  const some = lines.filter((line, n) => all || n % Math.ceil(lines.length / 60) === 0)
  const strings = [...json('dompurify-half.json').map(c => c.payload), ...some, ...json('blns-half.json').filter(s => all || /[<&"\\]|[^ -~]/.test(s))]
  // by API nothing is done to a text but that its ends are trimmed
  return [...new Set(strings.map(s => s.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')))].filter(s => s && s.length < 15000 && !s.includes('\0'))
}

// What a page is made of, and every text and value on it.
const look = () => ({
  made: [...document.querySelectorAll('*')].map(e => `${e.localName} ${[...e.attributes].map(a => a.name).sort().join(' ')}`),
  texts: [...document.querySelectorAll('p, span, dd, strong, a, td, th, option, h1, title')].map(e => e.textContent),
  values: [...document.querySelectorAll('input, textarea')].map(e => e.value)
})

describe('hostile strings', { skip: !there }, () => {
  let service, browser, handler, reporter, admin, token, own
  const cases = []

  const post = async (path, body, bearer) => {
    const answer = await fetch(service.base + path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) } })
    return { status: answer.status, body: await answer.json() }
  }
  const short = (s, calm) => [...s].length <= 200 && !/[\0-\x08\x0a-\x1f\x7f]/.test(s) ? s : calm

  // A case with six of them, or with harmless words.
  async function make (said, mine = false) {
    const [narrative, note, message, name, department, manager] = said
    const who = { mode: 'named', name: short(name, 'Calm Name'), email: 'x@example.org', department: short(department, 'Calm Department') }
    const report = await post('/api/v1/reports', { narrative, facts: { category: 'weak_spot' }, ...(!mine && { reporter: who }), line_manager: short(manager, 'Calm Manager') }, mine && own)
    assert.equal(report.status, 201, JSON.stringify(report.body))
    const ref = report.body.ref
    for (const [command, args] of [['note', { words: note }], ['message', { words: message }]]) {
      const answer = await post(`/api/v1/cases/${ref}/commands`, { command, args }, token)
      assert.equal(answer.status, 200, JSON.stringify(answer.body))
    }
    return { ref, said: mine ? [narrative, message] : [narrative, note, message, who.name, who.department] }
  }

  async function visitor (person) {
    const v = await browser.visitor({ axe: false })
    await v.page.addInitScript(() => addEventListener('securitypolicyviolation', e => console.error(`the page's policy was broken: ${e.violatedDirective} ${e.blockedURI}`)))
    v.context.on('request', request => { if (!request.url().startsWith(service.base)) v.complain(`asks for ${request.url()}`) })
    if (person) {
      await v.go(service.link(person))
      await v.press('Sign in')
    }
    return v
  }

  async function seen (v, path) {
    const answer = await v.page.goto(service.base + path, { waitUntil: 'load' })
    assert.equal(answer.status(), 200, path)
    return v.page.evaluate(look)
  }

  // Element for element as the harmless page; a text of the page is the string, or holds it whole.
  function same (page, calm, said, path) {
    assert.deepEqual(page.made, calm.made, path)
    for (const s of said) assert.ok(page.texts.some(t => t === s || t.includes(s)), `${path} does not show ${JSON.stringify(s)}`)
  }

  // A list: no element that the harmless one does not have.
  function alike (page, calm, path) {
    const known = new Set(calm.made)
    assert.deepEqual(page.made.filter(m => !known.has(m)), [], path)
  }

  before(async () => {
    service = await serve('st-helens')
    browser = await open()
    token = service.token(service.holder('internal_audit').id)
    const plain = service.people.find(p => p.roles.length === 0)
    own = service.token(plain.id)
    handler = await visitor(service.holder('internal_audit').id)
    reporter = await visitor(plain.id)
    admin = await visitor(service.holder('admin').id)
  })
  after(async () => {
    await service?.stop()
    await browser?.close()
  })

  const calmly = ['calm narrative', 'calm note', 'calm message', 'Calm Name', 'Calm Department', 'Calm Manager']
  const strings = there ? lists() : []

  test('on the case page, for those who handle it', async () => {
    const calm = await make(calmly)
    const base = await seen(handler, `/case/${calm.ref}`)
    for (let i = 0; i < strings.length; i += 6) {
      const kase = await make(Array.from({ length: 6 }, (_, k) => strings[(i + k) % strings.length]))
      cases.push(kase)
      same(await seen(handler, `/case/${kase.ref}`), base, kase.said, kase.ref)
    }
  })

  test('on the page that follows a report', async () => {
    const calm = await make(calmly, true)
    const base = await seen(reporter, `/mine/${calm.ref}`)
    for (let i = 0; i < strings.length; i += all ? 24 : 48) {
      const kase = await make([strings[i], 'calm note', strings[(i + 1) % strings.length], '', '', 'Calm Manager'], true)
      same(await seen(reporter, `/mine/${kase.ref}`), base, kase.said, kase.ref)
    }
    await seen(reporter, '/mine')
  })

  test('in lists, in search and among notices', async () => {
    const base = await seen(handler, '/queue')
    for (const path of ['/work', '/notices']) await seen(handler, path)
    for (const [n, s] of strings.entries()) {
      if (n % (all ? 8 : 24)) continue
      const page = await seen(handler, '/queue?q=' + encodeURIComponent(s.slice(0, 1000)))
      alike({ made: page.made.filter(m => !/^(p|a) .*(empty|chip)/.test(m)) }, { made: [...base.made, ...(await chips())] }, s)
      assert.ok(page.values.includes(s.slice(0, 1000).trim().replace(/\r\n?|\n/g, '')) || /[\r\n]/.test(s), JSON.stringify(s))
    }
  })

  let some
  // What a search adds to the list, with and without a case.
  async function chips () {
    some ??= [...(await seen(handler, '/queue?q=calm')).made, ...(await seen(handler, '/queue?q=nothing+of+this+kind')).made]
    return some
  }

  test('as names of people, departments and the organisation', async () => {
    const csv = s => `"${s.replaceAll('"', '""')}"`
    const names = strings.filter(s => short(s, '')).slice(0, all ? 300 : 40)
    const file = join(service.data, '..', 'people.csv')
    const before = await seen(admin, '/people')
    writeFileSync(file, 'person,name,department,phone\n' + names.map((s, n) => `hostile-${n},${csv(s)},${csv(s)},${csv(s.slice(0, 40))}\n`).join(''))
    service.run('person', 'import', file, '--data', service.data)
    const known = { made: [...before.made, ...(await seen(admin, '/people?q=rita')).made, 'nav aria-label class', 'div class'] }
    for (const [n, s] of names.entries()) {
      const page = await seen(admin, `/person?id=hostile-${n}`)
      assert.ok(page.values.includes(s), `${JSON.stringify(s)} is not in its field`)
      assert.ok(page.texts.includes(s), `${JSON.stringify(s)} is not the heading`)
    }
    const list = await seen(admin, '/people?q=hostile')
    const first = names.map((s, n) => [`hostile-${n}`, s]).sort(([a], [b]) => a < b ? -1 : 1).slice(0, 40)
    assert.ok(first.every(([, s]) => list.texts.some(t => t.includes(s))))
    alike({ made: list.made.filter(m => !/pagination|rel|^svg|^path/.test(m)) }, known, '/people')
    for (const s of names.slice(0, all ? 60 : 6)) {
      service.run('setting', 'set', 'org_name', s, '--data', service.data)
      const start = await seen(reporter, '/')
      assert.ok(start.texts.some(t => t.includes(s)), JSON.stringify(s))
    }
  })

  test('typed into the form, and read on the page before sending', async () => {
    for (const s of strings.filter(t => t.includes('<') && t.length < 2000).slice(0, all ? 20 : 3)) {
      const v = await visitor()
      await v.go(service.base + '/report/category')
      await v.choose('Information went to the wrong person')
      await v.press('Continue')
      await v.page.locator('textarea').first().fill(s)
      for (let n = 0; n < 12 && !v.page.url().endsWith('/report/check'); n++) await v.press(/^(Continue|I understand|Skip)/)
      const page = await v.page.evaluate(look)
      assert.ok(page.texts.includes(s.replace(/\r\n?/g, '\n').trim()), JSON.stringify(s))
      await v.leave()
    }
  })
})
