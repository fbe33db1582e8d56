// The form on a device that runs scripts: nothing typed is lost, and what fails is told in place.
// What sends without network comes later (waiting.js); until then it is sent plainly.
'use strict';

const asSent = document.documentElement.cloneNode(true);
const byId = id => document.getElementById(id);
const words = JSON.parse(byId('words').textContent);
const form = byId('rate');
const {lang} = document.documentElement;
const {kiosk} = document.body.dataset;
const asked = new URLSearchParams(location.search);
const interviewing = 'next' in form.dataset;
const codes = JSON.parse(form.dataset.codes || '[]');
const title = document.querySelector('h1');

// ``tried``: the server may know the key; ``code``: the receipt, where it is known beforehand.
let key, code, seen, tried, knowing, busy;

function mint() {
  const letters = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(24))));
  return letters.replace(/\+/g, '-').replace(/\//g, '_');
}

// One key a filled form. A page loaded anew has another, so that nobody sends under the last
// one's; only the form that may have arrived keeps its own.
function begin() {
  if (!key || tried) [key, code] = codes.shift() || [mint()];
  seen = Date.now();
  tried = knowing = busy = false;
  form.k.value = key;
}

// What the address says; a copy of the page may have been made at another one.
function prefill() {
  for (const [name, value] of [['v', asked.get('v')], ['s', asked.get('l')]]) {
    const field = form.elements[name];
    if (!field) continue;
    field.value = value || '';
    if (field.selectedIndex < 0) field.value = '';
  }
}

function empty() {
  for (const field of form.elements) {
    if (field.name === 'w' && interviewing) continue;
    if (field.type === 'radio' || field.type === 'checkbox') field.checked = false;
    else if (/text|select/.test(field.type)) field.value = '';
  }
  form.r[0].checked = true;
  asked.delete('v');
  prefill();
  for (const part of document.querySelectorAll('details:not(#sent)')) part.open = false;
  byId('problems').hidden = true;
  showReaders();
  begin();
}

// What stands in the form outlives a reload and another language in this tab alone: a name of the
// tab, which no copy of it has, tells. A kiosk keeps nothing: the name itself carries it over.
// Who opens the address anew, begins anew.
function draft(moved) {
  const fields = [...new FormData(form)].filter(([name]) => !/^([kptz]|website)$/.test(name));
  return JSON.stringify({tab: name, at: location.pathname, key: tried && key, seen, now, moved, fields});
}

function store(moved) {
  if (kiosk || !key) return;
  try {
    sessionStorage.form = draft(moved === true);
    return true;
  } catch {} // this browser keeps nothing
}

function resume() {
  let kept;
  try {
    kept = JSON.parse(kiosk ? name : sessionStorage.form);
    if (!kiosk) sessionStorage.removeItem('form');
  } catch {} // nothing was kept
  const again = kept && (kept.moved || performance.navigation.type);
  const here = again && kept.at === location.pathname;
  const ours = here && (kiosk || kept.tab === name || document.wasDiscarded);
  if (kiosk) name = '';
  else if (!ours) name = mint();
  if (ours) fill(kept);
  return ours;
}

function fill(kept) {
  for (const [name, value] of kept.fields) {
    for (const field of form.elements) {
      if (field.name !== name) continue;
      if (!/radio|checkbox/.test(field.type)) field.value = value;
      else if (field.value === value) field.checked = true;
    }
  }
  ({seen, now} = kept);
  if (kept.key) [key, tried] = [kept.key, true];
}

// What must be there, and is not: sentences with the field of each.
function lacking() {
  const without = all => [...all].filter(one => !one.querySelector(':checked'));
  const told = [];
  for (const one of form.querySelectorAll('[data-need]')) {
    const field = one.id ? one : one.querySelector('[id]');
    if (one.value === '' || one.type === 'fieldset' && without([one]).length) {
      told.push([field.id, one.dataset.need]);
    }
  }
  const questions = [...form.querySelectorAll('fieldset')].filter(one => one.querySelector('[name^=a-]'));
  const gaps = knowing ? [] : without(questions);
  if (gaps.length && (gaps.length < questions.length || form.c.value.trim() || form.querySelector('[name=e]:checked'))) {
    const numbers = gaps.map(one => questions.indexOf(one) + 1).join(', ');
    told.push([gaps[0].querySelector('input').id, form.dataset.gaps.replace('{found}', numbers), true]);
  }
  return told;
}

function complain(told) {
  const list = byId('problems').querySelector('ul');
  list.textContent = '';
  for (const [id, text] of told) {
    const one = list.appendChild(document.createElement('li'));
    const link = id ? one.appendChild(document.createElement('a')) : one;
    link.textContent = text;
    if (id) link.href = '#' + id;
  }
  byId('partly').hidden = !told.some(one => one[2]);
  attend();
}

function attend() {
  byId('problems').hidden = false;
  byId('problems').focus();
  scrollTo(0, 0);
}

function submitted(event) {
  event.preventDefault();
  if (busy) return;
  const told = lacking();
  if (told.length) return complain(told);
  busy = tried = true;
  byId('problems').hidden = true;
  form.z.value = (Date.now() - seen) / 1000;
  (window.sendSealed || sendPlain)();
}

// The button's own value is not among the data: what is unanswered has been told.
function fields() {
  const all = new URLSearchParams(new FormData(form));
  all.set('n', 1);
  all.set('f', Date.now());
  return all;
}

// As without scripts, but without a page in the history that holds the answers.
async function sendPlain() {
  const control = window.AbortController && new AbortController();
  const patience = setTimeout(() => control && control.abort(), 15000);
  try {
    const signal = control && control.signal;
    const answer = await fetch(form.action, {method: 'POST', body: fields(), signal});
    if (answer.redirected) return thank(answer.url);
    adopt(new DOMParser().parseFromString(await answer.text(), 'text/html'));
  } catch {
    complain([['', words.failed]]);
  }
  clearTimeout(patience);
  busy = false;
}

function thank(address) {
  key = '';
  location.replace(address);
}

// The form as the server sends it back; or the page that says why there is none.
function adopt(page) {
  const again = page.getElementById('rate');
  document.title = page.title;
  if (!again) return document.querySelector('main').replaceWith(page.querySelector('main'));
  form.innerHTML = again.innerHTML;
  form.k.value = key;
  byId('problems').replaceWith(page.getElementById('problems'));
  lay();
  document.dispatchEvent(new Event('laid'));
  attend();
}

function speak(event) {
  const url = new URL(location);
  url.searchParams.set('lang', event.currentTarget.lang);
  if (kiosk) name = draft(true);
  else if (!store(true)) return; // the server shows it with all that was typed
  event.preventDefault();
  removeEventListener('pagehide', store);
  document.removeEventListener('visibilitychange', store);
  location.replace(url);
}

function showReaders() {
  byId('readers').hidden = !form.c.value.trim();
}

function larger(event) {
  const large = document.documentElement.classList.toggle('large');
  event.currentTarget.setAttribute('aria-pressed', large);
}

for (const one of document.querySelectorAll('nav button')) one.onclick = speak;
byId('size').onclick = larger;
byId('size').hidden = !!kiosk;
title.tabIndex = -1;
form.addEventListener('submit', submitted);
form.addEventListener('input', event => event.target.name === 'c' && showReaders());
addEventListener('pagehide', store);
document.addEventListener('visibilitychange', store);
