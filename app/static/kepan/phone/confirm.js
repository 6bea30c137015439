// The question before a form is sent.
function makeButton(label, act) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = label;
  button.addEventListener('click', act);
  return button;
}

/** Ask the question; `agree` is called after a yes. */
export function ask(question, yesLabel, agree) {
  const box = document.createElement('dialog');
  if (!box.showModal) {
    if (window.confirm(question)) agree();
    return;
  }
  const sentence = document.createElement('p');
  const row = document.createElement('div');
  box.className = 'ask';
  sentence.textContent = question;
  row.append(
    makeButton(document.body.dataset.cancel || '×', () => box.close()),
    makeButton(yesLabel, () => {
      box.close();
      agree();
    }),
  );
  box.addEventListener('close', () => box.remove());
  box.append(sentence, row);
  document.body.append(box);
  box.showModal();
}
