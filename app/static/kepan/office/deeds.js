// Sending an operation from where one is, without leaving the page: what the server says comes back as words.

function sentenceOf(page) {
  const places = ['[data-done-url]', '.form-alert', '.err-text', '[data-flash] span'];
  const found = places.map((place) => page.querySelector(place)).find(Boolean);
  if (!found) return '';
  return (found.dataset.message ?? found.textContent).trim();
}

function isRefusal(answer, page) {
  const flash = page.querySelector('[data-flash]');
  return !answer.ok || Boolean(flash && /warning|danger/.test(flash.dataset.flash));
}

/** Post an operation's form; `isDone` says whether it was done, `message` what was said. */
export async function perform(address) {
  const token = document.querySelector('#post-form [name=csrf_token]').value;
  const answer = await fetch(address, {
    method: 'POST',
    credentials: 'same-origin',
    headers: {Accept: 'text/html', 'X-Requested-With': 'XMLHttpRequest'},
    body: new URLSearchParams({csrf_token: token, _drawer: '1'}),
  });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (page.querySelector('[data-page=login]')) {
    window.location.reload();
    throw new Error('signed out');
  }
  return {isDone: !isRefusal(answer, page), message: sentenceOf(page)};
}
