// Offers only what fits the trait chosen in a row. Without it everything is offered, and saving says what does not fit.
"use strict";

(() => {
  const field = (row, name) => row.querySelector(`[name$="-${name}"]`);

  function fitChoices(select, fitting, isChange) {
    for (const option of select.options) {
      option.hidden = option.disabled = Boolean(fitting) && option.value !== "" && !fitting.includes(option.value);
    }
    if (isChange && fitting && !fitting.includes(select.value)) select.value = fitting[0];
  }

  // What is wrong already stays in sight beside its error until somebody changes the row.
  function offer(input, isTaken, hint, isChange) {
    if (!isTaken && isChange) input.value = "";
    input.disabled = !isTaken && input.value === "";
    input.placeholder = input.title = hint;
  }

  function fitCondition(row, trait, operatorSelect, isChange) {
    fitChoices(operatorSelect, trait && trait.operators, isChange);
    const takes = JSON.parse(operatorSelect.dataset.takes)[operatorSelect.value];
    offer(field(row, "value"), takes !== "no value", takes || "", isChange);
  }

  function fitVariable(row, trait, formatSelect, isChange) {
    fitChoices(formatSelect, trait && trait.formats, isChange);
    const argument = JSON.parse(formatSelect.dataset.arguments)[formatSelect.value];
    offer(field(row, "format_argument"), Boolean(argument), argument || "", isChange);
  }

  function fit(row, isChange) {
    const traitSelect = field(row, "trait");
    const trait = JSON.parse(traitSelect.dataset.traits)[traitSelect.value];
    offer(field(row, "parameter"), !trait || trait.parameter !== "", trait ? trait.parameter : "", isChange);
    const operatorSelect = field(row, "operator");
    if (operatorSelect) fitCondition(row, trait, operatorSelect, isChange);
    const formatSelect = field(row, "format");
    if (formatSelect) fitVariable(row, trait, formatSelect, isChange);
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-traits], [data-takes], [data-arguments]")) {
      fit(event.target.closest(".form-group"), true);
    }
  });
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-traits]").forEach((select) => fit(select.closest(".form-group"), false));
  });
})();
