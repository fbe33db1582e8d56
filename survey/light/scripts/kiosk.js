// A kiosk: begins with a touch, returns to the start by itself, and leaves nothing behind.
'use strict';

const start = document.body.dataset.kiosk;
const main = document.querySelector('main');
const filling = document.forms[0];
const cover = document.getElementById('start');
const away = document.getElementById('away');

// Seconds without a touch until the countdown is shown, and those it counts; none at the start.
const [AT_START, FILLING, DONE] = [[600, 0], [60, 20], [20, 20]];
let stage;
let touched;

function enter(next) {
  stage = next;
  touched = Date.now();
  cover.hidden = stage !== AT_START;
  main.hidden = stage === AT_START;
  tick();
}

function tick() {
  const [quiet, counted] = stage;
  const left = Math.ceil(quiet + counted - (Date.now() - touched) / 1000);
  const soon = left > 0 && left <= counted;
  const text = soon ? away.dataset[stage === FILLING ? 'filling' : 'done'] : '';
  const [told, seconds] = away.children;
  if (told.textContent !== text) told.textContent = text; // read aloud once, not each second
  seconds.textContent = soon ? left : '';
  if (left <= 0) leave();
}

// Clears what is here at once; loads the start anew only where that is possible, because a page
// of the browser about the network would end the kiosk, and only while nobody fills in a form.
async function leave() {
  touched = Date.now();
  if (filling) restart();
  else main.textContent = '';
  const answer = await fetch(start, {cache: 'no-store'}).catch(() => null);
  if (answer?.ok && stage !== FILLING) location.replace(start);
}

function restart() {
  anew();
  enter(AT_START);
}

function begun() {
  begin();
  enter(FILLING);
  title.focus();
  document.documentElement.requestFullscreen?.().catch(() => {});
}

for (const link of document.querySelectorAll('a[href^="?"],a.button')) {
  link.onclick = event => {
    event.preventDefault();
    location.replace(link.href);
  };
}
for (const touch of ['pointerdown', 'keydown', 'input', 'scroll']) {
  addEventListener(touch, () => enter(stage), {passive: true});
}
if (filling) {
  cover.querySelector('button').onclick = begun;
  document.getElementById('next').onclick = leave;
}
document.addEventListener('kept', () => enter(DONE));
addEventListener('pagehide', () => filling?.reset());
addEventListener('pageshow', event => event.persisted && location.replace(start));
setInterval(tick, 1000);
enter(!filling ? DONE : resumed ? FILLING : AT_START);
