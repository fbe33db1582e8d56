// The page of a form that waits for its turn: counts down, then sends it.
'use strict';

const told = document.getElementById('problems');
const [blank] = told.textContent.match(/\d+/);
const opens = Date.now() + 1000 * told.dataset.seconds;

function countDown() {
  const left = Math.ceil((opens - Date.now()) / 1000);
  if (left <= 0) return document.querySelector('main form button').click();
  told.textContent = told.textContent.replace(/\d+/, left);
  setTimeout(countDown, 1000);
}

if (blank) {
  told.setAttribute('role', 'timer'); // not read aloud each second
  document.getElementById('scripted').hidden = false;
  countDown();
}
