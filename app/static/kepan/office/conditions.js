// Fields that are shown only while another has a value: "pool=platform", "kind=a|b".
function valueOf(form, name) {
  const fields = Array.from(form.elements).filter((field) => field.name === name);
  const isTicked = (field) => field.type === 'checkbox' || field.type === 'radio';
  if (!fields.some(isTicked)) return fields.length ? fields[0].value : '';
  const chosen = fields.find((field) => field.checked);
  return chosen ? chosen.value : '';
}

function holds(form, rule) {
  const at = rule.indexOf('=');
  const values = rule.slice(at + 1).split('|');
  return values.includes(valueOf(form, rule.slice(0, at).trim()));
}

function allHold(form, rules) {
  return rules.split(',').every((rule) => holds(form, rule));
}

/** Show and hide fields and their stars as the values are now; a section without a field goes too. */
export function applyConditions(form) {
  form.querySelectorAll('.fi[data-show-when]').forEach((row) => {
    row.hidden = !allHold(form, row.dataset.showWhen);
  });
  form.querySelectorAll('.req[data-star-when]').forEach((star) => {
    star.hidden = !allHold(form, star.dataset.starWhen);
  });
  form.querySelectorAll('.sec').forEach((section) => {
    const rows = Array.from(section.querySelectorAll('.fi'));
    section.hidden = rows.length > 0 && rows.every((row) => row.hidden);
  });
}
