// A kiosk: begins with a touch, returns to the start by itself, and leaves nothing behind.
'use strict';

const start = document.body.dataset.kiosk;
const filling = document.getElementById('rate');
const cover = document.getElementById('start');
const away = document.getElementById('away');

// Seconds without a touch until the countdown is shown, and those it counts; none at the start.
const [AT_START, FILLING, DONE, GONE] = [[600, 0], [60, 20], [20, 20], [10, 0]];
// How long the network may take before it counts as gone.
const PATIENT = 5000;
let stage;
let touched;
let trouble = '';

// Another may stand in the place of the first.
const shown = () => document.querySelector('main:not(#start)');
const isForm = () => filling && filling.isConnected;

function enter(next) {
  stage = next;
  touched = Date.now();
  cover.hidden = stage !== AT_START;
  shown().hidden = stage === AT_START;
  tick();
}

function tick() {
  const [quiet, counted] = stage;
  const left = Math.ceil(quiet + counted - (Date.now() - touched) / 1000);
  const soon = left > 0 && left <= counted;
  const text = soon ? away.dataset[stage === FILLING ? 'filling' : 'done'] : trouble;
  const [told, seconds] = away.children;
  if (told.textContent !== text) told.textContent = text; // read aloud once, not each second
  seconds.textContent = soon ? left : '';
  if (left <= 0) leave();
}

// Clears what is here at once; loads the start anew only where that is possible, because a page
// of the browser about the network would end the kiosk, and only while nobody fills in a form.
async function leave() {
  trouble = '';
  if (isForm()) restart();
  else {
    shown().textContent = '';
    enter(GONE);
  }
  if (await isThere(start) && stage !== FILLING) location.replace(start);
}

// Whether our server answers there, also that nothing is asked now.
async function isThere(address) {
  const late = new Promise(done => setTimeout(done, PATIENT));
  const answer = await Promise.race([fetch(address, {cache: 'no-store'}), late]).catch(() => null);
  return answer && answer.status < 500;
}

// Does what leads away from the page, if it leads anywhere now.
async function leadOn(event, address, act) {
  event.preventDefault();
  if (await isThere(address)) return act();
  trouble = away.dataset.stuck;
  tick();
}

function touchedAgain() {
  trouble = '';
  enter(stage);
}

function restart() {
  anew();
  enter(AT_START);
}

function begun() {
  begin();
  enter(FILLING);
  title.focus();
  const {documentElement} = document;
  if (documentElement.requestFullscreen) documentElement.requestFullscreen().catch(() => {});
}

// A kiosk keeps nothing on the device: the window's name carries over what was typed.
function speakOther(event) {
  const url = new URL(location);
  url.searchParams.set('lang', event.currentTarget.lang);
  leadOn(event, url, () => {
    if (stage !== FILLING) return; // it was left meanwhile
    name = draft(true);
    location.replace(url);
  });
}

for (const one of document.querySelectorAll('nav button')) one.onclick = speakOther;
for (const link of document.querySelectorAll('a[href^="?"],a.button')) {
  link.onclick = event => leadOn(event, link.href, () => location.replace(link.href));
}
document.addEventListener('submit', event => {
  if (event.target !== filling) leadOn(event, start, () => event.target.submit());
});
for (const touch of ['pointerdown', 'keydown', 'input', 'scroll']) {
  addEventListener(touch, touchedAgain, {passive: true});
}
if (filling) {
  cover.querySelector('button').onclick = begun;
  document.getElementById('next').onclick = leave;
}
document.addEventListener('kept', () => enter(DONE));
document.addEventListener('given', () => enter(DONE));
addEventListener('pagehide', () => filling && filling.reset());
addEventListener('pageshow', event => event.persisted && location.replace(start));
setInterval(tick, 1000);
enter(!filling ? DONE : resumed ? FILLING : AT_START);
