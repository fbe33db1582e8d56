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
const {mend} = form.dataset;
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
  if (window.unmark) unmark();
  showReaders();
  begin();
}

// What stands in the form outlives a reload and another language in this tab alone: a name of the
// tab, which no copy of it has, tells. A kiosk keeps nothing: the name itself carries it over.
// Who opens the address anew, begins anew.
function draft(moved) {
  const fields = [...new FormData(form)].filter(([name]) => !/^([ktz]|website)$/.test(name));
  return JSON.stringify({tab: name, at: location.pathname, key: tried && key, seen, now, moved, fields, large: isLarge()});
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
      const folded = value && field.closest('details');
      if (folded) folded.open = true;
    }
  }
  if (kept.large && !isLarge()) larger();
  ({seen, now} = kept);
  if (kept.key) [key, tried] = [kept.key, true];
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
  if (document.title.indexOf(mend)) document.title = mend + document.title;
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
  if (window.amiss && amiss()) return;
  busy = tried = true;
  byId('problems').hidden = true;
  form.z.value = (Date.now() - seen) / 1000;
  (window.sendSealed || sendPlain)();
}

// The button's own value is not among the data.
function fields() {
  const all = new URLSearchParams(new FormData(form));
  all.set('n', knowing ? 1 : '');
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

// The form as the server sends it back; what it says of the form; or a page in the form's place.
function adopt(page) {
  const again = page.getElementById('rate');
  if (!page.getElementById('problems')) return complain([['', page.querySelector('main h1').textContent]]);
  document.title = page.title;
  if (!again) return giveWay(page);
  form.innerHTML = again.innerHTML;
  form.k.value = key;
  byId('problems').replaceWith(page.getElementById('problems'));
  lay();
  document.dispatchEvent(new Event('laid'));
  attend();
}

// What was typed is kept until it is sent from there, or told to be lost.
function giveWay(page) {
  for (const part of ['header', 'main']) {
    document.querySelector(part).replaceWith(page.querySelector(part));
  }
  const [other] = document.querySelectorAll('main form');
  if (other) addEventListener('submit', forgetDraft);
  else forgetDraft();
  for (const one of document.querySelectorAll('main script')) load(one.src);
  const heading = document.querySelector('main h1');
  heading.tabIndex = -1;
  heading.focus();
  document.dispatchEvent(new Event('given'));
}

function forgetDraft() {
  key = '';
  try {
    sessionStorage.removeItem('form');
  } catch {} // this browser keeps nothing
}

function load(src) {
  document.head.append(Object.assign(document.createElement('script'), {src}));
}

function speak(event) {
  const url = new URL(location);
  url.searchParams.set('lang', event.currentTarget.lang);
  if (!store(true)) return; // the server shows it with all that was typed
  event.preventDefault();
  removeEventListener('pagehide', store);
  document.removeEventListener('visibilitychange', store);
  location.replace(url);
}

function showReaders() {
  byId('readers').hidden = !form.c.value.trim();
}

const isLarge = () => document.documentElement.classList.contains('large');

function larger() {
  byId('size').setAttribute('aria-pressed', document.documentElement.classList.toggle('large'));
}

for (const one of document.querySelectorAll('nav button')) one.onclick = speak;
byId('size').onclick = larger;
byId('size').hidden = !!kiosk;
title.tabIndex = -1;
form.addEventListener('submit', submitted);
form.addEventListener('input', event => event.target.name === 'c' && showReaders());
addEventListener('pagehide', store);
document.addEventListener('visibilitychange', store);
