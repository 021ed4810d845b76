// Enhancement only: every page works without this file. It may be the only script: the Content-Security-Policy allows
// none that is inline.
import { createAll, Button, CharacterCount, Checkboxes, ErrorSummary, FileUpload, PasswordInput, Radios, ServiceNavigation, SkipLink, isSupported } from 'govuk-frontend'

document.body.classList.add('js-enabled')
if ('noModule' in HTMLScriptElement.prototype) document.body.classList.add('govuk-frontend-supported')
if (isSupported()) {
  for (const component of [Button, CharacterCount, Checkboxes, ErrorSummary, FileUpload, PasswordInput, Radios, ServiceNavigation, SkipLink]) createAll(component)
}

const $ = (selector, root = document) => root.querySelector(selector)
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)]
const make = (name, props, ...children) => {
  const el = Object.assign(document.createElement(name), props)
  el.append(...children)
  return el
}

// Clocks: the server wrote the words, they are only kept fresh. Statutory time is elapsed time, so no calendar is needed.
function tick () {
  for (const el of $$('[data-due]')) {
    const ms = Date.parse(el.dataset.due) - Date.now()
    const h = Math.floor(Math.abs(ms) / 36e5)
    const m = Math.floor(Math.abs(ms) % 36e5 / 6e4)
    el.textContent = `${h ? h + 'h ' : ''}${m}m ${ms < 0 ? 'overdue' : 'left'}`
  }
}
setInterval(tick, 60000)

for (const el of $$('[data-print]')) el.addEventListener('click', () => print())

for (const el of $$('[data-copy]')) {
  el.addEventListener('click', async () => {
    await navigator.clipboard.writeText($('#' + el.dataset.copy).textContent)
    el.textContent = 'Copied'
  })
}

// A form that was half filled in is not lost by a slip of the hand. Fetching a file leaves no page.
let fetched = 0
for (const form of $$('form[data-fetch]')) form.addEventListener('submit', () => { fetched = Date.now() })
for (const form of $$('form[data-unsaved]')) {
  let touched = false
  const warn = event => { if (Date.now() - fetched > 1000) event.preventDefault() }
  form.addEventListener('input', () => {
    if (!touched) addEventListener('beforeunload', warn)
    touched = true
  })
  form.addEventListener('submit', () => removeEventListener('beforeunload', warn))
}

for (const form of $$('[data-module="app-bulk"]')) {
  const boxes = () => $$('tbody input[type=checkbox]', form)
  const slot = $('[data-bulk-all]', form)
  const all = make('input', { type: 'checkbox', id: 'bulk-all', className: 'govuk-checkboxes__input' })
  const show = () => {
    const on = boxes().filter(box => box.checked)
    $('[data-bulk-count]', form).textContent = `${on.length} selected`
    all.checked = on.length > 0 && on.length === boxes().length
    for (const box of boxes()) box.closest('tr').classList.toggle('app-row--sel', box.checked)
  }
  if (slot) {
    const words = make('span', { className: 'govuk-visually-hidden' }, 'Select all on this page')
    const label = make('label', { htmlFor: 'bulk-all', className: 'govuk-label govuk-checkboxes__label' }, words)
    slot.append(make('div', { className: 'govuk-checkboxes__item' }, all, label))
    all.addEventListener('change', () => { for (const box of boxes()) box.checked = all.checked })
  }
  form.addEventListener('change', show)
  show()
}

// The filter is open beside the list on wide screens, closed above it on narrow ones.
const filter = $('.app-filter')
if (filter && matchMedia('(min-width: 62em)').matches) filter.open = true

// Palette and single-key shortcuts; a setting switches the keys off (WCAG 2.1.4).
const dialog = $('#palette')
if (dialog && dialog.showModal) {
  const q = $('#palette-q')
  const list = $('#palette-list')
  const items = $$('.govuk-service-navigation__list a, .app-views a, .app-row__title, .app-toolbar a, .app-pagehead a').map(a =>
    ({ words: (a.childNodes[0].nodeType === 3 ? a.childNodes[0] : a).textContent.trim(), go: () => a.click() }))
  let current = 0
  let shown = []
  const draw = () => {
    const words = q.value.toLowerCase()
    shown = items.filter(item => item.words.toLowerCase().includes(words)).slice(0, 9)
    current = Math.min(current, Math.max(0, shown.length - 1))
    list.replaceChildren(...shown.map((item, n) => {
      const li = make('li', { id: 'palette-' + n }, item.words)
      li.setAttribute('role', 'option')
      li.setAttribute('aria-selected', n === current)
      li.addEventListener('click', item.go)
      return li
    }))
    if (shown.length) q.setAttribute('aria-activedescendant', 'palette-' + current)
    else q.removeAttribute('aria-activedescendant')
  }
  const open = () => {
    q.value = ''
    current = 0
    draw()
    dialog.showModal()
    q.focus()
  }
  q.addEventListener('input', draw)
  q.addEventListener('keydown', event => {
    if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && shown.length) {
      event.preventDefault()
      current = (current + (event.key === 'ArrowDown' ? 1 : shown.length - 1)) % shown.length
      draw()
    } else if (event.key === 'Enter' && shown[current]) {
      event.preventDefault()
      dialog.close()
      shown[current].go()
    }
  })
  const rows = $$('[data-row]')
  let at = -1
  const go = to => {
    at = Math.max(0, Math.min(rows.length - 1, to))
    rows.forEach((row, n) => row.classList.toggle('app-row--cursor', n === at))
    $('.app-row__title', rows[at]).focus()
  }
  const keys = {
    '/': () => $('#q-top').focus(),
    '?': open,
    j: () => rows.length && go(at + 1),
    k: () => rows.length && go(at - 1),
    x: () => { const box = at >= 0 && $('input[type=checkbox]', rows[at]); if (box) box.click() }
  }
  document.addEventListener('keydown', event => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== 'checkbox'
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      open()
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey && !dialog.open && !typing && keys[event.key] &&
        document.documentElement.dataset.shortcuts !== 'off') {
      event.preventDefault()
      keys[event.key]()
    }
  })
}
